"""Stand-ins for the engine: its S3, its event door, its CloudWatch, all in memory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.local.ivs.metrics import Metrics
from infra.local.ivs.objects import StorageFailed
from infra.local.service.engine_events import EventsRefused


class MemoryObjects:
    """An `Objects`. `refuse` makes puts of matching keys fail; None lets them through."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.buckets: set[str] = set()
        self.refuse: Callable[[str], StorageFailed | None] = lambda key: None
        self._lock = threading.Lock()

    def put(self, bucket: str, key: str, body: bytes) -> None:
        if failed := self.refuse(key):
            raise failed
        with self._lock:
            self.buckets.add(bucket)
            self.objects[key] = body

    def below(self, prefix: str) -> dict[str, bytes]:
        """By the key's rest."""
        with self._lock:
            return {
                key.removeprefix(f"{prefix}/"): body
                for key, body in self.objects.items()
                if key.startswith(f"{prefix}/")
            }


class RecordingEvents:
    """An `EventSink` that remembers; while `closed` it refuses everything."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.closed = False

    def deliver(self, entries: list[dict[str, Any]]) -> None:
        if self.closed:
            raise EventsRefused("closed")
        self.entries += entries

    def details(self, detail_type: str = "") -> list[dict[str, Any]]:
        wanted = [one for one in self.entries if detail_type in ("", one["DetailType"])]
        return [json.loads(entry["Detail"]) for entry in wanted]

    def names(self, stream_id: str = "") -> list[str]:
        """What happened, in order."""
        return [
            detail.get("event_name") or detail.get("recording_status") or detail["limit_name"]
            for detail in self.details()
            if stream_id in ("", detail["stream_id"])
        ]


class MemoryMetrics(Metrics):
    """Keeps the points."""

    def __init__(self) -> None:
        self.points: list[Any] = []

    def send(self, points: list[Any]) -> None:
        self.points += points

    def names(self) -> set[str]:
        return {point["MetricName"] for point in self.points}


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Poll; fail the test when the deadline passes."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("the condition did not come true in time")
        time.sleep(0.02)
