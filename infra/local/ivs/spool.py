"""What a stream's encoders leave on disk, on its way to S3.

One folder a stream, one below it for each run of an encoder, one below that for each rung. ffmpeg
lists a segment in the rung's playlist once it is whole; a listed segment whose file is gone was
uploaded. So the folder alone says what is left to do, also to the server after this one.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.local.ivs.recording_layout import RecordedSegment
from infra.local.ivs.salvage import salvage

__all__ = ["Spool"]

_ENTRY = re.compile(r"^#EXTINF:([\d.]+),.*\n(\d+\.ts)$", re.MULTILINE)
_STILL = re.compile(r"thumb(\d+)\.jpg")
_ANY_STILL = re.compile(r"thumb(\d+)\.(?:jpg|sent)")


@dataclass(frozen=True, slots=True)
class Spool:
    """May be read from any thread; one writer, one uploader."""

    folder: Path

    def new_run(self) -> Path:
        run = self.folder / f"run-{len(self._runs())}"
        run.mkdir(parents=True)
        return run

    def segments(self, rung: str) -> list[tuple[RecordedSegment, Path]]:
        """All that are whole, in order."""
        found = []
        for number, run in enumerate(self._runs()):
            playlist = run / rung / "playlist.m3u8"
            if playlist.exists():
                text = playlist.read_text(encoding="utf-8")
                found += [
                    (RecordedSegment(name, float(seconds), number), run / rung / name)
                    for seconds, name in _ENTRY.findall(text)
                ]
        return found

    def listed_at(self, rung: str) -> list[int]:
        """Changes when there may be a new segment."""
        playlists = [run / rung / "playlist.m3u8" for run in self._runs()]
        return [one.stat().st_mtime_ns for one in playlists if one.exists()]

    def stills(self) -> list[tuple[int, Path]]:
        """Those not uploaded yet, in order."""
        found = []
        for run in self._runs():
            for path in run.glob("thumb*.jpg"):
                if match := _STILL.fullmatch(path.name):
                    found.append((int(match[1]), path))
        return sorted(found)

    def mark_sent(self, still: Path) -> None:
        """It keeps its number, so that a later run does not take it again."""
        still.write_bytes(b"")
        still.rename(still.with_suffix(".sent"))

    def next_still(self) -> int:
        numbers = [
            int(match[1])
            for run in self._runs()
            for path in run.glob("thumb*.*")
            if (match := _ANY_STILL.fullmatch(path.name))
        ]
        return max(numbers, default=-1) + 1

    def pids(self) -> list[int]:
        """Of the encoders that wrote here."""
        files = [run / "pid" for run in self._runs()]
        return [int(file.read_text()) for file in files if file.exists()]

    def size_bytes(self) -> int:
        """A file that goes away meanwhile counts nothing."""
        total = 0
        for path in self.folder.rglob("*"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:
                continue
        return total

    def drop_media(self) -> None:
        """Delete what is whole: nobody will fetch it."""
        for run in self._runs():
            for path in [*run.glob("*/*.ts"), *run.glob("thumb*.jpg")]:
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def salvage(self) -> None:
        """Take what killed encoders were writing; none may be running here any more."""
        for run in self._runs():
            salvage(run)

    def _runs(self) -> list[Path]:
        runs = self.folder.glob("run-*")
        return sorted(runs, key=lambda run: int(run.name.removeprefix("run-")))
