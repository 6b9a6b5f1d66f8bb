"""The messages on disk: one file each, the newest some hundred."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

KEPT = 1_000
ID = re.compile(r"[0-9a-f-]{8,64}")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it was handed over to be sent."""

    id: str
    sent_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "sent_at": self.sent_at.isoformat()}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Message:
        return cls(
            **{
                **document,
                "sent_at": datetime.fromisoformat(document["sent_at"]),
                "recipients": tuple(document["recipients"]),
            }
        )


class Messages:
    """A folder of messages. One process writes; any may read beside it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._count = len(self._files())

    def keep(self, message: Message) -> None:
        """Write the message, whole or not at all, and drop the oldest beyond `KEPT`."""
        # Their names are in the order in which they were sent.
        name = f"{message.sent_at.timestamp():017.6f}-{message.id}.json"
        partial = self._directory / f"{name}.part"
        partial.write_text(json.dumps(message.to_json()), encoding="utf-8")
        partial.replace(self._directory / name)
        self._count += 1
        if self._count > KEPT:
            files = self._files()
            for old in files[:-KEPT]:
                old.unlink(missing_ok=True)
            self._count = min(len(files), KEPT)

    def newest(self, limit: int, *, to: str = "") -> list[Message]:
        """The newest first; with `to`, those of one recipient (case does not matter)."""
        found: list[Message] = []
        wanted = to.strip().lower()
        for message in self._read():
            if len(found) == limit:
                break
            if not wanted or wanted in (each.lower() for each in message.recipients):
                found.append(message)
        return found

    def message(self, id: str) -> Message | None:
        """The message of that id, if it is still there."""
        if not ID.fullmatch(id):
            return None
        return next((each for each in self._read(f"*-{id}.json")), None)

    def _read(self, pattern: str = "*.json") -> Iterator[Message]:
        for file in reversed(self._files(pattern)):
            # The writer may drop it at this moment.
            with contextlib.suppress(FileNotFoundError):
                yield Message.from_json(json.loads(file.read_text(encoding="utf-8")))

    def _files(self, pattern: str = "*.json") -> list[Path]:
        return sorted(self._directory.glob(pattern))
