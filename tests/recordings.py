"""Recordings as IVS leaves them, with real MPEG-TS segments, made by ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.media import ffmpeg

__all__ = ["FRAME_RATE", "record_session"]

FRAME_RATE: Final = 25


def record_session(root: Path, seconds: int, ladder: Sequence[tuple[int, int]]) -> Path:
    """`media/hls` and `media/thumbnails` below `root`, by width and height of each rung.

    All rungs are encoded at once, as a live ladder is, with a picture and a tone. Returns `root`.
    """
    hls, thumbnails = root / "media/hls", root / "media/thumbnails"
    thumbnails.mkdir(parents=True)
    command = [
        *(ffmpeg(), "-v", "error", "-f", "lavfi", "-i"),
        f"testsrc=s=640x360:r={FRAME_RATE}:d={seconds}",
        *("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"),
    ]
    lines = ["#EXTM3U"]
    for width, height in ladder:
        folder = hls / f"{height}p{FRAME_RATE}"
        folder.mkdir(parents=True)
        command += [
            *("-map", "0:v", "-map", "1:a", "-vf", f"scale={width}:{height}"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0"),
            *("-g", str(FRAME_RATE), "-keyint_min", str(FRAME_RATE), "-sc_threshold", "0"),
            *("-c:a", "aac", "-b:a", "64k", "-f", "hls", "-hls_time", "2"),
            *("-hls_playlist_type", "vod", "-hls_segment_filename", str(folder / "%d.ts")),
            str(folder / "playlist.m3u8"),
        ]
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={height * 3000},RESOLUTION={width}x{height},"
            f'CODECS="avc1.42C01E,mp4a.40.2",FRAME-RATE={FRAME_RATE}.000',
            f"{folder.name}/playlist.m3u8",
        ]
    command += [
        *("-map", "0:v", "-vf", "fps=1,scale=160:90", "-start_number", "0"),
        str(thumbnails / "thumb%d.jpg"),
    ]
    subprocess.run(command, check=True)  # noqa: S603 - our own program
    (hls / "master.m3u8").write_text("\n".join(lines) + "\n")
    return root
