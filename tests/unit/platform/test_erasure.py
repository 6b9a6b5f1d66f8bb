"""Erasing in bounded steps: what a run does, hands on, waits for and gives up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialflow.platform.aws import client
from socialflow.platform.erasure import (
    ACCOUNT_DELETED,
    MAX_IDLE,
    MAX_WAIT_SECONDS,
    Eraser,
    ErasurePlan,
    ErasureStuck,
    Leaving,
    OwnQueue,
    erasure_of,
)
from socialflow.platform.records import Records, receipt_key
from tests.unit.buckets import make_buckets
from tests.unit.doubles import MovableClock

BUCKET = "records"
EVENT = {
    "id": "1",
    "source": "socialflow.identity",
    "detail-type": ACCOUNT_DELETED,
    "detail": {
        "id": "1",
        "occurred_at": "2026-11-21T09:30:00.000Z",
        "correlation_id": "c",
        "data": {"user_id": "usr_1", "handle": "ann", "anonymous_id": "gone_1", "pass": 1},
    },
}


class Sqs:
    """What was sent, instead of SQS."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, dict[str, Any]]] = []

    def send_message(self, *, QueueUrl: str, DelaySeconds: int, MessageBody: str) -> None:
        assert QueueUrl == "queue"
        self.sent.append((DelaySeconds, json.loads(MessageBody)))


class Things:
    """So many things of a person, of which some cannot go yet."""

    def __init__(self, count: int, *, held: int = 0) -> None:
        self.count, self.held = count, held
        self.asked: list[int] = []

    def erase(self, _leaving: Leaving, limit: int) -> int:
        self.asked.append(limit)
        done = min(limit, self.count - self.held)
        self.count -= done
        return done


@pytest.fixture
def sqs() -> Sqs:
    return Sqs()


@pytest.fixture
def records(aws: None, clock: MovableClock) -> Records:
    make_buckets(BUCKET)
    return Records(lambda: client("s3"), BUCKET, clock=clock)


def eraser(
    things: dict[str, Things], records: Records, sqs: Sqs, clock: MovableClock, *, budget: int = 500
) -> Eraser:
    plan = ErasurePlan(
        context="chat",
        steps={name: each.erase for name, each in things.items()},
        left=lambda _: sum(each.count for each in things.values()),
    )
    queue = OwnQueue(lambda: sqs, "queue")  # type: ignore[arg-type, return-value]
    return Eraser(plan, records=records, queue=queue, clock=clock, budget=budget)


def receipt() -> dict[str, Any] | None:
    found = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=receipt_key("gone_1", 1, "chat"))
    if "Contents" not in found:
        return None
    body = client("s3").get_object(Bucket=BUCKET, Key=found["Contents"][0]["Key"])["Body"]
    told: dict[str, Any] = json.loads(body.read())
    return told


def test_writes_its_receipt_when_nothing_is_left(
    records: Records, sqs: Sqs, clock: MovableClock
) -> None:
    things = {"messages": Things(7), "bans": Things(0)}
    eraser(things, records, sqs, clock).run(erasure_of(EVENT))
    assert receipt() == {
        "context": "chat",
        "pass": 1,
        "erased": {"messages": 7},
        "left": 0,
        "at": "2026-11-21T09:30:00.000Z",
    }
    assert sqs.sent == []


def test_names_nobody_in_its_receipt(records: Records, sqs: Sqs, clock: MovableClock) -> None:
    eraser({"messages": Things(1)}, records, sqs, clock).run(erasure_of(EVENT))
    assert "usr_1" not in json.dumps(receipt())
    assert "ann" not in json.dumps(receipt())


def test_goes_on_at_once_in_another_run_when_its_budget_is_spent(
    records: Records, sqs: Sqs, clock: MovableClock
) -> None:
    things = {"messages": Things(1_200), "bans": Things(10)}
    running = eraser(things, records, sqs, clock)
    running.run(erasure_of(EVENT))
    assert things["messages"].count == 700
    assert max(things["messages"].asked) == 200
    assert receipt() is None
    rounds = 0
    while sqs.sent:
        delay, body = sqs.sent.pop()
        assert delay == 0
        running.run(erasure_of(body))
        rounds += 1
    assert rounds == 2
    told = receipt()
    assert told is not None
    assert told["erased"] == {"messages": 1_200, "bans": 10}


def test_waits_longer_and_longer_for_what_does_not_go(
    records: Records, sqs: Sqs, clock: MovableClock
) -> None:
    things = {"videos": Things(3, held=1)}
    running = eraser(things, records, sqs, clock)
    running.run(erasure_of(EVENT))
    delays = []
    for _ in range(MAX_IDLE):
        delay, body = sqs.sent.pop()
        delays.append(delay)
        running.run(erasure_of(body))
    assert delays[:4] == [15, 30, 60, 120]
    assert max(delays) == MAX_WAIT_SECONDS
    _, last = sqs.sent.pop()
    with pytest.raises(ErasureStuck, match="gone_1"):
        running.run(erasure_of(last))
    assert receipt() is None


def test_what_goes_at_last_resets_the_waiting(
    records: Records, sqs: Sqs, clock: MovableClock
) -> None:
    things = {"videos": Things(3, held=2)}
    running = eraser(things, records, sqs, clock)
    running.run(erasure_of(EVENT))
    running.run(erasure_of(sqs.sent.pop()[1]))
    things["videos"].held = 1
    running.run(erasure_of(sqs.sent.pop()[1]))
    assert sqs.sent[0][0] == 15
    things["videos"].held = 0
    running.run(erasure_of(sqs.sent.pop()[1]))
    told = receipt()
    assert told is not None
    assert told["erased"] == {"videos": 3}


def test_the_same_event_again_changes_nothing(
    records: Records, sqs: Sqs, clock: MovableClock
) -> None:
    running = eraser({"messages": Things(1)}, records, sqs, clock)
    running.run(erasure_of(EVENT))
    running.run(erasure_of(EVENT))
    told = receipt()
    assert told is not None
    assert told["left"] == 0
    assert sqs.sent == []
