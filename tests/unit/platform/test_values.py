"""Cursors, ids, times, settings, events and queue batches."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.correlation import correlation_id
from socialflow.platform.cursors import CursorInvalid, decode_cursor, encode_cursor
from socialflow.platform.events import Event, EventBus, EventsNotPublished, parse_event
from socialflow.platform.ids import id_factory, id_pattern, ulid
from socialflow.platform.queue import handle_each
from socialflow.platform.settings import MissingSetting, setting

MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class TestCursors:
    @pytest.mark.parametrize(
        "cursor", ["", "!", "a", "====", "AAAA\n", "gICA", "AA", "é", "A" * 400]
    )
    def test_a_text_that_is_none_is_refused(self, cursor: str) -> None:
        with pytest.raises(CursorInvalid):
            decode_cursor(cursor)

    @given(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=200
        )
    )
    def test_come_back_as_they_went(self, position: str) -> None:
        assert decode_cursor(encode_cursor(position)) == position

    @given(st.text(max_size=80))
    def test_no_text_breaks_the_reader(self, text: str) -> None:
        with suppress(CursorInvalid):
            assert decode_cursor(text).isprintable()


class TestIds:
    def test_sort_by_the_time_they_were_made(self) -> None:
        later = MOMENT + timedelta(milliseconds=1)
        assert ulid(MOMENT, 2**80 - 1) < ulid(later, 0)

    def test_are_what_the_edge_lets_in(self) -> None:
        import re

        made = id_factory(lambda: MOMENT)("vid")
        assert re.fullmatch(id_pattern("vid"), made)
        assert not re.search(id_pattern("vid"), made + "\n"[:0] + "X")
        assert not re.search(id_pattern("vid"), made.replace("vid", "usr"))

    def test_follow_the_specification(self) -> None:
        # The example of github.com/ulid/spec: 01ARZ3NDEK is 2016-07-30T23:54:10.259Z.
        moment = datetime(2016, 7, 30, 23, 54, 10, 259000, tzinfo=UTC)
        assert ulid(moment, 0)[:10] == "01ARZ3NDEK"


class TestTimes:
    def test_are_written_in_utc_with_milliseconds(self) -> None:
        moment = datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=timezone(timedelta(hours=2)))
        assert to_rfc3339(moment) == "2026-01-02T01:04:05.006Z"

    def test_come_back_as_they_went(self) -> None:
        assert from_rfc3339(to_rfc3339(MOMENT)) == MOMENT


class TestSettings:
    def test_a_missing_one_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SF_NONE", raising=False)
        with pytest.raises(MissingSetting, match="SF_NONE"):
            setting("SF_NONE")

    def test_a_default_is_for_what_may_be_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SF_NONE", raising=False)
        assert setting("SF_NONE", "") == ""


class Bus:
    """An EventBridge client that refuses the entries it is told to, a round at a time."""

    def __init__(self, *refusals: set[int]) -> None:
        self._refusals = list(refusals)
        self.rounds: list[list[Any]] = []

    def put_events(self, *, Entries: list[Any]) -> Any:
        self.rounds.append(Entries)
        refused = self._refusals.pop(0) if self._refusals else set()
        results = [
            {"ErrorCode": "ThrottlingException"} if place in refused else {"EventId": "1"}
            for place in range(len(Entries))
        ]
        return {"FailedEntryCount": len(refused), "Entries": results}


def an_event(number: int) -> Event:
    return Event(
        id=f"e-{number}",
        source="socialflow.videos",
        name="VideoReady.v1",
        occurred_at=MOMENT,
        correlation_id="req_1",
        data={"video_id": f"vid_{number}"},
    )


def publish(bus: Bus, count: int) -> None:
    client: Any = bus
    EventBus(lambda: client, "bus").publish([an_event(number) for number in range(count)])


class TestPublishing:
    @pytest.fixture(autouse=True)
    def _no_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)

    def test_what_stays_refused_is_told(self) -> None:
        with pytest.raises(EventsNotPublished, match="1 events"):
            publish(Bus({0}, {0}, {0}), 2)

    def test_only_what_was_refused_goes_again(self) -> None:
        bus = Bus({1}, set())
        publish(bus, 3)
        ids = [[json.loads(entry["Detail"])["id"] for entry in put] for put in bus.rounds]
        assert ids == [["e-0", "e-1", "e-2"], ["e-1"]]

    def test_ten_go_at_a_time(self) -> None:
        bus = Bus()
        publish(bus, 23)
        assert [len(put) for put in bus.rounds] == [10, 10, 3]

    def test_no_events_ask_nothing(self) -> None:
        bus = Bus()
        publish(bus, 0)
        assert bus.rounds == []

    def test_an_event_comes_back_as_it_went(self) -> None:
        bus = Bus()
        publish(bus, 1)
        ((entry,),) = bus.rounds
        envelope = {
            "source": entry["Source"],
            "detail-type": entry["DetailType"],
            "detail": json.loads(entry["Detail"]),
        }
        assert parse_event(envelope) == an_event(0)


class TestBatches:
    def test_one_record_that_fails_comes_again_alone(self) -> None:
        seen: list[str] = []

        def handle(envelope: Any) -> None:
            seen.append(correlation_id())
            if envelope["id"] == "bad":
                raise RuntimeError("no")

        records = [
            {"messageId": "1", "body": json.dumps({"id": "bad"})},
            {
                "messageId": "2",
                "body": json.dumps({"id": "x", "detail": {"correlation_id": "req"}}),
            },
            {"messageId": "3", "body": "no JSON"},
        ]
        answer = handle_each({"Records": records}, handle)
        assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
        assert seen == ["bad", "req"]
