"""Events wait in the file until they were taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.service.outbox import Outbox
from tests.unit.local_ivs.fakes import RecordingEvents, wait_until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute(Outbox.SCHEMA)
    yield opened
    opened.close()


def numbered(*numbers: int) -> list[dict[str, str]]:
    return [{"Detail": f'{{"n": {number}}}', "DetailType": "x"} for number in numbers]


def sent(sink: RecordingEvents) -> list[int]:
    return [detail["n"] for detail in sink.details()]


def test_events_leave_in_order_and_once(path: Path, connection: sqlite3.Connection) -> None:
    sink = RecordingEvents()
    outbox = Outbox(path, sink)
    outbox.start()
    for number in range(25):
        Outbox.add(connection, numbered(number))
        outbox.wake()
    wait_until(lambda: len(sink.entries) >= 25)
    outbox.stop()
    assert sent(sink) == list(range(25))


def test_a_refused_event_is_sent_again(path: Path, connection: sqlite3.Connection) -> None:
    sink = RecordingEvents()
    sink.closed = True
    outbox = Outbox(path, sink, first_wait_s=0.01)
    outbox.start()
    Outbox.add(connection, numbered(1, 2))
    outbox.wake()
    sink.closed = False
    wait_until(lambda: sent(sink) == [1, 2])
    outbox.stop()


def test_what_was_not_sent_is_left_for_the_next(path: Path, connection: sqlite3.Connection) -> None:
    refusing = RecordingEvents()
    refusing.closed = True
    first = Outbox(path, refusing)
    first.start()
    Outbox.add(connection, numbered(7))
    first.wake()
    first.stop()
    assert refusing.entries == []
    sink = RecordingEvents()
    second = Outbox(path, sink)
    second.start()
    wait_until(lambda: sent(sink) == [7])
    second.stop()


def test_an_event_of_a_transaction_that_failed_is_never_sent(
    path: Path, connection: sqlite3.Connection
) -> None:
    connection.execute("BEGIN")
    Outbox.add(connection, numbered(1))
    connection.execute("ROLLBACK")
    Outbox.add(connection, numbered(2))
    sink = RecordingEvents()
    outbox = Outbox(path, sink)
    outbox.start()
    wait_until(lambda: sink.entries)
    outbox.stop()
    assert sent(sink) == [2]
