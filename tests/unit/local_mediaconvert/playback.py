"""Whether a player could play what a job wrote: read the manifests, decode every segment."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av

from tests.media import ffmpeg


@dataclass(frozen=True)
class Decoded:
    """What came out of decoding one playlist: seconds of picture and of sound from its start."""

    width: int
    height: int
    frames: int
    first_s: float
    end_s: float


def attributes(line: str) -> dict[str, str]:
    """The attribute list of an HLS tag (RFC 8216, 4.2)."""
    return {
        name: value.strip('"')
        for name, value in re.findall(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)', line.partition(":")[2])
    }


def variants(master: Path) -> list[tuple[dict[str, str], Path]]:
    """Each EXT-X-STREAM-INF with the playlist it names."""
    lines = master.read_text().splitlines()
    return [
        (attributes(line), master.parent / lines[number + 1])
        for number, line in enumerate(lines)
        if line.startswith("#EXT-X-STREAM-INF:")
    ]


def sound_playlists(master: Path) -> list[Path]:
    return [
        master.parent / attributes(line)["URI"]
        for line in master.read_text().splitlines()
        if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO")
    ]


def playlist_seconds(playlist: Path) -> float:
    return sum(float(one) for one in re.findall(r"#EXTINF:([\d.]+)", playlist.read_text()))


def decode_playlist(playlist: Path) -> Decoded:
    """Join the initialization and media segments the playlist names, and decode all of them."""
    text = playlist.read_text()
    names = re.findall(r'#EXT-X-MAP:URI="([^"]+)"', text)
    names += [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = playlist.with_suffix(".joined.mp4")
    joined.write_bytes(b"".join((playlist.parent / name).read_bytes() for name in names))
    width = height = frames = 0
    starts: list[float] = []
    ends: list[float] = []
    with av.open(str(joined)) as container:
        for frame in container.decode(container.streams[0]):
            if not isinstance(frame, av.VideoFrame | av.AudioFrame) or frame.time is None:
                raise AssertionError(f"{playlist} holds a frame without a time")
            frames += 1
            starts.append(frame.time)
            if isinstance(frame, av.VideoFrame):
                width, height = frame.width, frame.height
                ends.append(frame.time + frame.duration * float(frame.time_base or 0))
            else:
                ends.append(frame.time + frame.samples / frame.sample_rate)
    return Decoded(width, height, frames, min(starts), max(ends))


def decode_with_ffmpeg(manifest: Path) -> str:
    """Decode every stream of a manifest to nothing; what ffmpeg complained of, '' if nothing."""
    # ffmpeg plays segments of unusual extensions only when told to.
    lenient = ["-allowed_extensions", "ALL"]
    if manifest.suffix == ".m3u8":
        lenient += ["-allowed_segment_extensions", "ALL"]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [
            *(ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "error", "-xerror"),
            *lenient,
            *("-i", str(manifest), "-map", "0", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stderr if done.returncode == 0 else done.stderr or f"ended {done.returncode}"
