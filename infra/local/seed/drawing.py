"""Draws the clips with ffmpeg. What was drawn once is kept."""

import subprocess
from pathlib import Path

from infra.local.seed.catalogue import Clip
from infra.local.service.ffmpeg import find_ffmpeg

DRAW_LIMIT_SECONDS = 120


class DrawingFailed(Exception):
    """ffmpeg could not make a clip; the message ends with what it said."""


def draw(clip: Clip, directory: Path) -> Path:
    """The clip as a file in `directory`. Raises DrawingFailed."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / clip.file_name
    if path.exists():
        return path
    partial = path.with_suffix(".part.mp4")
    finished = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [find_ffmpeg(), *arguments(clip), str(partial)],
        capture_output=True,
        text=True,
        timeout=DRAW_LIMIT_SECONDS,
        check=False,
    )
    if finished.returncode != 0:
        raise DrawingFailed(f"{clip.title}: {finished.stderr.strip()[-500:]}")
    partial.replace(path)
    return path


def arguments(clip: Clip) -> list[str]:
    """ffmpeg's arguments up to the output: quick settings, the kind of file a phone makes."""
    separator = ":" if "=" in clip.picture else "="
    picture = f"{clip.picture}{separator}size={clip.width}x{clip.height}:rate={clip.frame_rate}"
    sources = ["-f", "lavfi", "-i", picture]
    sound = ["-an"]
    if clip.tone_hz is not None:
        tremble = f"sine=frequency={clip.tone_hz}:beep_factor=2,volume=0.2"
        sources += ["-f", "lavfi", "-i", tremble]
        sound = ["-c:a", "aac", "-b:a", "96k", "-ac", "2"]
    return [
        *("-hide_banner", "-loglevel", "error", "-y"),
        *sources,
        *("-t", str(clip.seconds), "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", str(clip.frame_rate * 2)),
        *sound,
        *("-movflags", "+faststart"),
    ]
