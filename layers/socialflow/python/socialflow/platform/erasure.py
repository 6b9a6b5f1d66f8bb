"""Erasing a person from a context, in bounded steps that may stop anywhere and begin again.

A step looks for what there still is of the person, erases some of it and says how much; nothing
is remembered between steps but what is still there, so a step that comes twice, or is cut off,
does no harm. What one run cannot finish goes on in another, by a message to the handler's own
queue; so does waiting for what others have to do first. When nothing is left, the context writes
its receipt, and only then.

    AccountDeleted.v1 ── steps ── budget spent ── message ── steps ── something left ── message,
    later ── nothing left ── receipt
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from socialflow.platform.clock import Clock, to_rfc3339, utc_now
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.platform.records import Records

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ACCOUNT_DELETED: Final = "AccountDeleted.v1"
# What one run erases: some tens of seconds, in functions that have minutes.
BUDGET: Final = 2_000
SLICE: Final = 200
FIRST_WAIT_SECONDS: Final = 15
MAX_WAIT_SECONDS: Final = 900
# Together with the growing waits, close to two hours without anything going.
MAX_IDLE: Final = 12


class ErasureStuck(Exception):
    """Something of a person is left and does not go: the event ends in the dead letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who is to be erased, and under which id what must stay goes on.

    `pass_number` is 2 for the look a day later, which finds what was late at the first.
    """

    user_id: UserId
    handle: str
    anonymous_id: UserId
    pass_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure as far as it has come: `erased` by step, and how often nothing went."""

    leaving: Leaving
    event: Mapping[str, Any]
    erased: Mapping[str, int] = field(default_factory=dict)
    idle: int = 0


Step = Callable[[Leaving, int], int]
"""Erases up to so many things of a person and says how many; 0 where it found none."""

Count = Callable[[Leaving], int]
"""How much there still is of a person; more than a page need not be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """What a context does, in this order, and how it sees that nothing is left."""

    context: str
    steps: Mapping[str, Step]
    left: Count


class OwnQueue:
    """The queue that wakes the handler itself."""

    def __init__(self, client: Callable[[], SQSClient], queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, body: Mapping[str, Any], *, delay_seconds: int) -> None:
        self._client().send_message(
            QueueUrl=self._queue_url,
            DelaySeconds=delay_seconds,
            MessageBody=json.dumps(body, separators=(",", ":")),
        )


class Eraser:
    """Runs a context's plan. Safe to repeat and to stop half-way."""

    def __init__(
        self,
        plan: ErasurePlan,
        *,
        records: Records,
        queue: OwnQueue,
        clock: Clock = utc_now,
        budget: int = BUDGET,
    ) -> None:
        self._plan = plan
        self._records = records
        self._queue = queue
        self._clock = clock
        self._budget = budget

    def wake(self, envelope: Mapping[str, Any]) -> None:
        """Goes on with what an `AccountDeleted.v1` asks for, from the bus or from this handler."""
        reached = self.run(erasure_of(envelope))
        logger().info(
            "account erased",
            extra={
                "anonymous_id": reached.leaving.anonymous_id,
                "pass": reached.leaving.pass_number,
                "erased": reached.erased,
            },
        )

    def run(self, erasure: Erasure) -> Erasure:
        """Erases what one run can; returns how far it has come.

        Raises `ErasureStuck` where for long nothing has gone that should have.
        """
        leaving, before = erasure.leaving, sum(erasure.erased.values())
        erased, spent = dict(erasure.erased), 0
        for name, step in self._plan.steps.items():
            while spent < self._budget:
                done = step(leaving, min(SLICE, self._budget - spent))
                if not done:
                    break
                spent += done
                erased[name] = erased.get(name, 0) + done
        reached = replace(erasure, erased=erased)
        if spent >= self._budget:
            return self._go_on(reached, delay_seconds=0, idle=0)
        if self._plan.left(leaving):
            idle = 0 if sum(erased.values()) > before else erasure.idle + 1
            if idle > MAX_IDLE:
                raise ErasureStuck(f"{self._plan.context}: {leaving.anonymous_id}")
            wait = min(FIRST_WAIT_SECONDS * 2**idle, MAX_WAIT_SECONDS)
            return self._go_on(reached, delay_seconds=wait, idle=idle)
        receipt = {"erased": erased, "left": 0, "at": to_rfc3339(self._clock())}
        self._records.write_receipt(
            leaving.anonymous_id, leaving.pass_number, self._plan.context, receipt
        )
        return reached

    def _go_on(self, erasure: Erasure, *, delay_seconds: int, idle: int) -> Erasure:
        so_far = {"erased": erasure.erased, "idle": idle}
        detail = {**erasure.event["detail"], "so_far": so_far}
        self._queue.send({**erasure.event, "detail": detail}, delay_seconds=delay_seconds)
        return replace(erasure, idle=idle)


def erasure_of(envelope: Mapping[str, Any]) -> Erasure:
    """What an `AccountDeleted.v1` asks for, from the bus or from the handler itself."""
    data = parse_event(envelope).data
    so_far = envelope["detail"].get("so_far", {})
    return Erasure(
        leaving=Leaving(
            user_id=UserId(data["user_id"]),
            handle=data["handle"],
            anonymous_id=UserId(data["anonymous_id"]),
            pass_number=data["pass"],
        ),
        event=envelope,
        erased=so_far.get("erased", {}),
        idle=so_far.get("idle", 0),
    )
