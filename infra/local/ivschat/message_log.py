"""The message log: lines on disk as they are delivered, objects in S3 every few seconds.

A line is in its file before the next is taken, so a killed process loses none; what it left goes
up at the next start. A file becomes one object whose key follows from the file's name, so sending
one again changes nothing. What waits for S3 is bounded: past that, and on a full disk, lines are
lost, and said to be.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import hashlib
import io
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MessageLog", "UploadFailed", "object_key"]

_LOG = logging.getLogger(__name__)
_VERSION = "1.0"
_NAME = re.compile(r"\d+_[A-Za-z0-9]+_[a-z0-9.-]+\.jsonl")

Upload = Callable[[str, str, bytes], None]
"""Put an object: bucket, key, body. Raises `UploadFailed`."""


class UploadFailed(Exception):
    """The object is not there; it has to be put again."""


def object_key(account_id: str, region: str, room_id: str, first_ns: int, digest: str) -> str:
    """Where IVS Chat puts a room's log that begins at `first_ns`; `digest` is 8 hex digits."""
    at = dt.datetime.fromtimestamp(first_ns // 1_000_000_000, dt.UTC)
    return (
        f"AWSLogs/{account_id}/IVSChatLogs/{_VERSION}/{region}/room_{room_id}/{at:%Y/%m/%d/%H}/"
        f"{account_id}_IVSChatLogs_{_VERSION}_{region}_room_{room_id}_{at:%Y%m%dT%H%MZ}_{digest}"
        ".log.gz"
    )


@dataclass(slots=True)
class _Open:
    path: Path
    file: io.FileIO


class MessageLog:
    """`directory` belongs to one log at a time. `record` and `flush` are for one event loop."""

    def __init__(
        self, directory: Path, upload: Upload, *, account_id: str, region: str, max_bytes: int
    ) -> None:
        self._writing = directory / "writing"
        self._ready = directory / "ready"
        self._writing.mkdir(parents=True, exist_ok=True)
        self._ready.mkdir(parents=True, exist_ok=True)
        self._upload = upload
        self._account_id = account_id
        self._region = region
        self._max_bytes = max_bytes
        self._open: dict[tuple[str, str], _Open] = {}
        self._flushing = asyncio.Lock()
        self._lost = 0
        self._failing = False
        for left in sorted(self._writing.iterdir()):
            left.replace(self._ready / left.name)
        self._waiting_bytes = sum(path.stat().st_size for path in self._logs())

    def record(self, room_id: str, buckets: Iterable[str], line: str, sent_ns: int) -> None:
        """Keep a delivered line for each of the buckets."""
        data = line.encode() + b"\n"
        for bucket in buckets:
            if self._waiting_bytes + len(data) > self._max_bytes:
                self._lose("too much waits for S3")
                continue
            try:
                self._file_of(room_id, bucket, sent_ns).file.write(data)
            except OSError as failed:
                # What cannot be logged is delivered all the same.
                self._lose(str(failed))
            else:
                self._waiting_bytes += len(data)

    async def flush(self) -> None:
        """Send what was recorded; what S3 does not take stays for the next time."""
        async with self._flushing:
            for each in self._open.values():
                each.file.close()
                each.path.replace(self._ready / each.path.name)
            self._open.clear()
            for path in self._logs():
                size = path.stat().st_size
                try:
                    await asyncio.to_thread(self._send, path)
                except UploadFailed as failed:
                    if not self._failing:
                        _LOG.warning("The message log waits: %s", failed)
                    self._failing = True
                    return
                path.unlink()
                self._waiting_bytes -= size
            self._failing = False
            if self._lost:
                _LOG.warning("%d lines of the message log were lost", self._lost)
            self._lost = 0

    def close(self) -> None:
        """What was not flushed stays on disk for the next start."""
        for each in self._open.values():
            each.file.close()
        self._open.clear()

    def _logs(self) -> list[Path]:
        """What is ready, oldest first."""
        return sorted(path for path in self._ready.iterdir() if _NAME.fullmatch(path.name))

    def _file_of(self, room_id: str, bucket: str, sent_ns: int) -> _Open:
        found = self._open.get((room_id, bucket))
        if found is None:
            path = self._writing / f"{sent_ns:020d}_{room_id}_{bucket}.jsonl"
            # Unbuffered: a line that was written is the kernel's, whatever becomes of us.
            found = _Open(path, path.open("ab", buffering=0))
            self._open[(room_id, bucket)] = found
        return found

    def _send(self, path: Path) -> None:
        # A kill in the middle of a write leaves half a line.
        whole = path.read_bytes().rpartition(b"\n")[0]
        if not whole:
            return
        first_ns, room_id, bucket = path.stem.split("_")
        digest = hashlib.sha256(path.name.encode()).hexdigest()[:8]
        key = object_key(self._account_id, self._region, room_id, int(first_ns), digest)
        self._upload(bucket, key, gzip.compress(whole + b"\n", mtime=0))

    def _lose(self, why: str) -> None:
        if not self._lost:
            _LOG.error("Messages are delivered and not logged: %s", why)
        self._lost += 1
