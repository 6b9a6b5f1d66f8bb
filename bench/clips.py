"""Sources for the pipeline, drawn by ffmpeg: the same bytes in every run on the same ffmpeg.

A moving test picture under grain, so that an encoder has as much to do as with footage; sound
beside it. Longer clips repeat a short one, which costs no encoding.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from bench.deployed import BUILD
from infra.local.service.ffmpeg import find_ffmpeg

CLIPS: Final = BUILD / "clips"
DRAWN_SECONDS: Final = 15
FRAMES_PER_SECOND: Final = 30


def clip(width: int, height: int, seconds: int) -> Path:
    """An MP4 of that size (H.264 at CRF 20, AAC), made where it is not there yet.

    `seconds` is a multiple of 15; raises `ValueError` otherwise: a loop of less than one clip
    is to ffmpeg a loop without end.
    """
    if seconds < DRAWN_SECONDS or seconds % DRAWN_SECONDS:
        raise ValueError(f"A clip lasts a multiple of {DRAWN_SECONDS} seconds, not {seconds}.")
    made = CLIPS / f"{height}p-{seconds}s.mp4"
    if made.exists():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    partial = made.with_suffix(".partial.mp4")
    if seconds == DRAWN_SECONDS:
        size = f"size={width}x{height}:rate={FRAMES_PER_SECOND}:duration={seconds}"
        picture = f"testsrc2={size},noise=alls=6:allf=t:all_seed=2026"
        sound = f"sine=frequency=220:beep_factor=4:duration={seconds}:sample_rate=48000"
        _ffmpeg(
            *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"),
            *("-g", str(2 * FRAMES_PER_SECOND), "-c:a", "aac", "-b:a", "128k", "-ac", "2"),
            *("-movflags", "+faststart", str(partial)),
        )
    else:
        drawn = clip(width, height, DRAWN_SECONDS)
        repeats = ("-stream_loop", str(seconds // DRAWN_SECONDS - 1), "-i", str(drawn))
        _ffmpeg(*repeats, "-c", "copy", "-movflags", "+faststart", str(partial))
    partial.rename(made)
    return made


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(  # noqa: S603 - ffmpeg, our own arguments
        [find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments],
        check=True,
    )
