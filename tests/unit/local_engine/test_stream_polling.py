"""One table's stream never waits for another's reader, and each is read by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.engine import ministack, stream_polling

WAIT_SECONDS = 5.0
PLACE = ("000000000000", "us-east-1")


def mapping(table: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/2026"
    return {"UUID": f"of-{table}", "EventSourceArn": arn, **more}


class Poller:
    """What ministack's module holds, as far as it is used: one change of each table is unread."""

    def __init__(self, *tables: str) -> None:
        self.mappings = [mapping(table) for table in tables]
        self.invoke: Callable[[str], bool] = lambda _: True
        self.reads: list[str] = []
        self._threads: list[threading.Thread] = []
        self.lambdas = SimpleNamespace(
            _poll_dynamodb_streams=self._poll,
            _iter_all_esms=lambda: iter([(*PLACE, each) for each in self.mappings]),
            _esm_inflight={},
            _esm_backoff_until=SimpleNamespace(_data={}),
            _dynamodb_stream_positions=SimpleNamespace(_data={}),
            _dispatch_esm_batch=self._dispatch,
        )
        self.dynamodb = SimpleNamespace(
            _stream_records=SimpleNamespace(_data={(*PLACE, table): ["one"] for table in tables}),
            _stream_trimmed=SimpleNamespace(_data={}),
        )

    def poll(self) -> bool:
        return bool(self.lambdas._poll_dynamodb_streams())

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(WAIT_SECONDS)

    def _poll(self) -> bool:
        for *place, each in self.lambdas._iter_all_esms():
            self.reads.append(each["UUID"])
            if self.invoke(each["UUID"]):
                self.lambdas._dynamodb_stream_positions._data[(*place, each["UUID"])] = 1
        return True

    def _dispatch(self, mapping_id: str, work: Callable[..., None], *arguments: Any) -> None:
        self.lambdas._esm_inflight[mapping_id] = 1

        def run() -> None:
            work(*arguments)
            del self.lambdas._esm_inflight[mapping_id]

        thread = threading.Thread(target=run)
        self._threads.append(thread)
        thread.start()


@pytest.fixture
def poller(monkeypatch: pytest.MonkeyPatch) -> Iterator[Poller]:
    """Two tables, polled side by side."""
    made = Poller("videos", "live")
    modules = {"services.lambda_svc": made.lambdas, "services.dynamodb": made.dynamodb}
    monkeypatch.setattr(ministack, "module", modules.__getitem__)
    stream_polling.read_streams_side_by_side()
    yield made
    made.wait()


def test_a_slow_reader_holds_up_nobody_else(poller: Poller) -> None:
    slow, other_was_read = threading.Event(), threading.Event()

    def invoke(mapping_id: str) -> bool:
        if mapping_id == "of-videos":
            return slow.wait(WAIT_SECONDS)
        other_was_read.set()
        return True

    poller.invoke = invoke
    assert poller.poll()
    assert other_was_read.wait(WAIT_SECONDS)
    # The slow one is not read a second time meanwhile.
    assert poller.reads.count("of-videos") == 1
    poller.poll()
    assert poller.reads.count("of-videos") == 1
    slow.set()


def test_what_was_read_is_not_read_again(poller: Poller) -> None:
    poller.poll()
    poller.wait()
    assert sorted(poller.reads) == ["of-live", "of-videos"]
    assert not poller.poll()


def test_a_reader_that_gets_nowhere_is_asked_again_after_a_pause(poller: Poller) -> None:
    poller.invoke = lambda _: False
    poller.poll()
    poller.wait()
    assert not poller.poll()
    paused = poller.lambdas._esm_backoff_until._data
    assert set(paused) == {(*PLACE, "of-live"), (*PLACE, "of-videos")}
    for scope in paused:
        paused[scope] = 0
    assert poller.poll()


class TestUnread:
    TABLE = (*PLACE, "videos")
    SCOPE = (*PLACE, "of-videos")

    @pytest.mark.parametrize(
        ("position", "held", "trimmed", "unread"),
        [
            (None, 0, 0, False),
            (None, 2, 0, True),
            (2, 2, 0, False),
            (1, 2, 0, True),
            (7, 2, 5, False),
            (6, 2, 5, True),
            # All that it had not read has expired.
            (1, 0, 5, False),
            (1, 1, 5, True),
        ],
    )
    def test_is_beyond_the_position(
        self, position: int | None, held: int, trimmed: int, unread: bool
    ) -> None:
        positions = {} if position is None else {self.SCOPE: position}
        records, dropped = {self.TABLE: ["r"] * held}, {self.TABLE: trimmed}
        found = stream_polling.has_unread(
            self.SCOPE, mapping("videos"), positions, records, dropped
        )
        assert found is unread

    @pytest.mark.parametrize(
        "other",
        [
            mapping("videos", Enabled=False),
            {"UUID": "q", "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:videos"},
        ],
    )
    def test_is_nothing_of_other_sources_or_of_what_is_switched_off(
        self, other: dict[str, Any]
    ) -> None:
        assert not stream_polling.has_unread(self.SCOPE, other, {}, {self.TABLE: ["r"]}, {})
