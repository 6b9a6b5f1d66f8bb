"""AWS events that were taken shortly before the engine was killed are delivered once more.

A checkpoint is a moment old when the engine dies. What a function did in that moment is undone,
and so is the event that woke it, but who sent the event has its acknowledgement and will not send
it again. So every event is written to a file before it is acknowledged, and a start delivers those
that the checkpoint may not know. Consumers take an event twice.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Entries = list[dict[str, Any]]
MARGIN_SECONDS = 60.0
"""How much older than its file a checkpoint can be: the time of writing it on a busy machine."""
LIMIT_BYTES = 8 * 1024 * 1024


class EventJournal:
    """The entries taken last, in the order in which they came. Thread-safe."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()

    def note(self, entries: Entries) -> None:
        """Keep entries that are about to be acknowledged."""
        line = json.dumps({"at": self._clock(), "entries": entries}) + "\n"
        with self._lock:
            if self._path.exists() and self._path.stat().st_size > LIMIT_BYTES:
                self._keep(self._lines()[-100:])
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)

    def unsaved(self, checkpoint: Path) -> list[Entries]:
        """What a checkpoint (the link to it) may not know; what it does know is dropped."""
        with self._lock:
            if not self._path.exists():
                return []
            since = checkpoint.lstat().st_mtime - MARGIN_SECONDS if checkpoint.is_symlink() else 0.0
            newer = [line for line in self._lines() if line["at"] >= since]
            self._keep(newer)
            return [line["entries"] for line in newer]

    def _lines(self) -> list[dict[str, Any]]:
        found = []
        for text in self._path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(text))
            except ValueError:
                # The engine was killed while it wrote this line: nobody was told that it is kept.
                continue
        return found

    def _keep(self, lines: list[dict[str, Any]]) -> None:
        partial = self._path.with_suffix(".partial")
        partial.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        partial.replace(self._path)
