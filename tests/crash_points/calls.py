"""Every AWS call that the code under test makes, counted, and the one at which it dies.

The interceptor sits where botocore turns a method call into a request. While a delivery runs,
each call is noted; at the chosen boundary the process "dies": a `Crash` flies, which no handler
catches (it is no `Exception`), and whatever the dead process still tries to call dies, too.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from unittest.mock import patch

from botocore.client import BaseClient

Moment = Literal["before", "after"]
_READING: Final = re.compile(r"\w+:(Get|BatchGet|TransactGet|Query|Scan|List|Head|Describe|Probe)")


class Crash(BaseException):
    """The process was killed here."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Just before or just after call `call` (from 0) of a whole run."""

    call: int
    moment: Moment


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call as a failure names it, in which delivery of the run, and what was asked for."""

    delivery: str
    number: int
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def only_reads(self) -> bool:
        """Whether the world is the same after it."""
        return _READING.match(self.operation) is not None


Answer = Callable[[str, dict[str, Any]], Any]


class CallRecorder:
    """Counts calls inside deliveries; those of the harness itself pass through unseen."""

    def __init__(self, crash_at: Boundary | None = None) -> None:
        self.sites: list[CallSite] = []
        self.fakes: dict[str, Callable[[Any, dict[str, Any]], Any]] = {}
        self.after_real: Callable[[str, dict[str, Any]], None] | None = None
        self._crash_at = crash_at
        self._delivery: str | None = None
        self._deliveries = 0
        self._dead = False
        # Handlers may call from threads; moto's stores and our counters are not made for that.
        self._lock = threading.RLock()

    @contextmanager
    def delivery(self, name: str) -> Iterator[None]:
        """Calls made inside belong to the delivery of that name."""
        self._delivery, self._dead = name, False
        self._deliveries += 1
        try:
            yield
        finally:
            self._delivery = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Patches botocore for as long as it lasts."""
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def intercepted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            service = client.meta.service_model
            fake = self.fakes.get(service.service_name)

            def answer() -> Any:
                if fake:
                    answered = fake(service.operation_model(operation), parameters)
                    if answered is not NotImplemented:
                        return answered
                result = real(client, operation, parameters)
                if self.after_real:
                    self.after_real(operation, parameters)
                return result

            return self.count(f"{service.service_name}:{operation}", answer, parameters)

        with patch.object(BaseClient, "_make_api_call", intercepted):
            yield

    def count(
        self,
        operation: str,
        answer: Callable[[], Any],
        parameters: Mapping[str, Any] | None = None,
    ) -> Any:
        """Does one call, unless the process dies before it; then dies, if it is to die after."""
        with self._lock:
            if self._delivery is None:
                return answer()
            if self._dead:
                raise Crash(operation)
            position = len(self.sites)
            self.sites.append(
                CallSite(self._delivery, self._deliveries, operation, parameters or {})
            )
            if self._crash_at == Boundary(position, "before"):
                self._dead = True
                raise Crash(operation)
            try:
                return answer()
            finally:
                if self._crash_at == Boundary(position, "after"):
                    self._dead = True
                    raise Crash(operation)
