"""Stand-ins that many tests share: a clock that is moved by hand, ids that are predictable."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from socialflow.platform.ids import ulid

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class MovableClock:
    """A `Clock` that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Moves on by a `timedelta`'s arguments."""
        self.now += timedelta(**by)


class CountedIds:
    """An `IdFactory` whose ids differ by a counter: sortable, and the same in every run."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)

    def __call__(self, prefix: str) -> str:
        return f"{prefix}_{ulid(self._clock(), next(self._numbers))}"


class OneAtATime:
    """An AWS client that does one call at a time, which makes moto's store linearizable.

    moto alone loses updates under threads; the engine of the functional tests does not.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name == "exceptions" or not callable(attribute):
            return attribute

        def call(**arguments: Any) -> Any:
            with self._lock:
                return attribute(**arguments)

        return call


class CountedCalls:
    """An AWS client that keeps the names of the calls made through it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.names: list[str] = []

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name == "exceptions" or not callable(attribute):
            return attribute

        def call(**arguments: Any) -> Any:
            self.names.append(name)
            return attribute(**arguments)

        return call
