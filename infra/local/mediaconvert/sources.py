"""Local copies of sources, kept from Probe to the last job that reads them.

A source is downloaded once for its probe, its preview and its ladder: small ranged reads of the
engine's S3 cost a whole-object read each, and ffmpeg seeks. Copies are keyed by bucket, key and
ETag; the oldest go when together they exceed the limit, never one in use.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.mediaconvert.objects import ObjectInfo, ObjectStore
from infra.local.mediaconvert.plan import S3Location
from infra.local.mediaconvert.prober import Probed, probe_file

__all__ = ["Source", "Sources"]


@dataclass(frozen=True, slots=True)
class Source:
    """A copy on disk; valid inside the `with` that opened it."""

    path: Path
    info: ObjectInfo


class Sources:
    """Thread-safe. The directory belongs to this object and is emptied when it is made."""

    def __init__(self, directory: Path, max_bytes: int, probe_timeout_s: float) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._probe_timeout_s = probe_timeout_s
        self._lock = threading.Lock()
        self._fetching: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._users: defaultdict[Path, int] = defaultdict(int)
        self._probed: dict[Path, Probed] = {}
        directory.mkdir(parents=True, exist_ok=True)
        for leftover in directory.iterdir():
            leftover.unlink()

    @contextmanager
    def open(self, location: S3Location, store: ObjectStore) -> Iterator[Source]:
        """A copy of the object as it is now. Raises `ObjectMissing` and `StorageFailed`.

        The store is asked about the object each time, so a caller without rights to it gets no
        copy that another one fetched.
        """
        info = store.describe(location)
        identity = hashlib.sha256(f"{location}|{info.etag}|{info.size_bytes}".encode())
        path = self._directory / identity.hexdigest()[:32]
        with self._lock:
            self._users[path] += 1
            fetching = self._fetching[path]
        try:
            with fetching:
                if not path.exists():
                    partial = path.with_suffix(".part")
                    info = store.download(location, partial)
                    partial.rename(path)
            path.touch()
            yield Source(path, info)
        finally:
            with self._lock:
                self._users[path] -= 1
                self._evict()

    def probe(self, source: Source) -> Probed:
        """What is in the copy, looked into once. Raises `MediaUnreadable`."""
        known = self._probed.get(source.path)
        if known is None:
            known = probe_file(source.path, self._probe_timeout_s)
            self._probed[source.path] = known
        return known

    def _evict(self) -> None:
        copies = sorted(
            (path for path in self._directory.iterdir() if path.suffix != ".part"),
            key=lambda path: path.stat().st_mtime,
        )
        total = sum(path.stat().st_size for path in copies)
        for path in copies:
            if total <= self._max_bytes:
                return
            if self._users[path] == 0:
                total -= path.stat().st_size
                path.unlink()
                for table in (self._probed, self._users, self._fetching):
                    table.pop(path, None)
