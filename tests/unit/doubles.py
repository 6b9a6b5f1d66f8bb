"""Stand-ins that many tests share: a clock that is moved by hand, ids that are predictable."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.session import get_session

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


class FakeClient:
    """A client whose calls go to a fake: `call(operation model, parameters)`."""

    def __init__(self, service: str, call: Any) -> None:
        self._model = get_session().get_service_model(service)
        self._call = call

    def __getattr__(self, name: str) -> Any:
        operation = "".join(part.title() for part in name.split("_"))
        return lambda **parameters: self._call(self._model.operation_model(operation), parameters)


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


class Crash(BaseException):
    """The process dies here. Not an `Exception`: nothing may catch it and go on."""


class CrashingClient:
    """An AWS client whose process dies at one of its calls, before or after it is done."""

    def __init__(self, client: Any, crash: CrashPoint) -> None:
        self._client = client
        self._crash = crash

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name == "exceptions" or not callable(attribute):
            return attribute

        def call(**arguments: Any) -> Any:
            self._crash.reached()
            answer = attribute(**arguments)
            self._crash.reached()
            return answer

        return call


class CrashPoint:
    """The n-th boundary around a call, over all clients that share it; the process dies there.

    Boundaries count from 0: 0 is before the first call, 1 after it, 2 before the second.
    """

    def __init__(self, at: int) -> None:
        self._left = at
        self.crashed = False

    def reached(self) -> None:
        if self._left == 0 and not self.crashed:
            self.crashed = True
            raise Crash
        self._left -= 1


class PacedRun:
    """Work in a thread of its own that stops before each AWS call until it is told to go on.

    So a test can put the calls of two runs into any order.
    """

    def __init__(self) -> None:
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def paced(self, client: Any) -> Any:
        """The client through which the work has to call."""
        return _PacedClient(client, self)

    def start(self, work: Callable[[], object]) -> None:
        """Runs `work` up to its first call."""

        def run() -> None:
            try:
                work()
            except BaseException as error:
                self._error = error
            finally:
                self._thread = None
                self._stopped.release()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self._wait()

    def step(self) -> None:
        """Lets one call happen, and the work go on to its next; nothing once it is over."""
        if self._thread is not None:
            self._go.release()
            self._wait()

    def finish(self) -> None:
        """Lets the rest happen; raises what the work raised."""
        while self._thread is not None:
            self.step()
        if self._error:
            raise self._error

    def stop_before_call(self) -> None:
        """Called by the work's own thread."""
        self._stopped.release()
        self._go.acquire()

    def _wait(self) -> None:
        if not self._stopped.acquire(timeout=30):
            raise TimeoutError("the paced work neither called nor ended")


class _PacedClient:
    def __init__(self, client: Any, run: PacedRun) -> None:
        self._client = client
        self._run = run

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if name == "exceptions" or not callable(attribute):
            return attribute

        def call(**arguments: Any) -> Any:
            self._run.stop_before_call()
            return attribute(**arguments)

        return call
