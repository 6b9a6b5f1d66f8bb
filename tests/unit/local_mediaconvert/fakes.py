"""Stand-ins for the engine: objects in memory and a sink that can refuse events."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.mediaconvert.objects import ObjectInfo, ObjectMissing, StorageFailed
from infra.local.mediaconvert.plan import S3Location
from infra.local.service.engine_events import EventsRefused


class MemoryObjects:
    """An `ObjectStore` in memory. `refuse` makes uploads of matching keys fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.content_types: dict[str, str] = {}
        self.order: list[str] = []
        self.downloads = 0
        self.refuse: Callable[[str], bool] = lambda key: False
        self._lock = threading.Lock()

    def put(self, url: str, body: bytes) -> None:
        self.objects[str(S3Location.parse(url))] = body

    def describe(self, location: S3Location) -> ObjectInfo:
        body = self.objects.get(str(location))
        if body is None:
            raise ObjectMissing(f"{location} does not exist")
        etag = hashlib.sha256(body).hexdigest()
        return ObjectInfo(len(body), etag, "video/mp4", 1.0)

    def download(self, location: S3Location, path: Path) -> ObjectInfo:
        info = self.describe(location)
        path.write_bytes(self.objects[str(location)])
        self.downloads += 1
        return info

    def upload(self, location: S3Location, body: bytes, content_type: str) -> None:
        if self.refuse(location.key):
            raise StorageFailed(f"{location}: refused", denied=True)
        with self._lock:
            self.objects[str(location)] = body
            self.content_types[str(location)] = content_type
            self.order.append(location.key)


class RecordingEvents:
    """An `EventSink` that remembers details; while `closed` it refuses everything."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.closed = False

    def deliver(self, entries: list[dict[str, Any]]) -> None:
        if self.closed:
            raise EventsRefused("closed")
        self.entries += entries
        self.details += [json.loads(entry["Detail"]) for entry in entries]

    def statuses(self, job_id: str) -> list[str]:
        return [one["status"] for one in self.details if one["jobId"] == job_id]


class QuietProgress:
    """A `Progress` that lets everything go on, and remembers."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.percents: list[int] = []

    def phase(self, name: str) -> None:
        self.phases.append(name)

    def percent(self, value: int) -> None:
        self.percents.append(value)

    def tick(self) -> None:
        return None


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Poll; fail the test when the deadline passes."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition did not come true in time")
        time.sleep(0.02)
