"""Messages as they are logged, and where in a replay they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.chat.message import (
    NoMessage,
    message_of,
    moment_at,
    nine_digits,
    offset_at,
    sortable_moment,
    span_of,
)
from socialflow.chat.models import Role
from tests.unit.chat.world import logged

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    starts_at: datetime
    offset_ms: int
    duration_ms: int


# Ten seconds, twenty seconds away, then five seconds.
PARTS = (Part(NINE, 0, 10_000), Part(NINE + timedelta(seconds=30), 10_000, 5_000))


def at(**after: float) -> datetime:
    return NINE + timedelta(**after)


class TestReading:
    @pytest.mark.parametrize(
        "change",
        [
            {"Id": ""},
            {"Id": None},
            {"SendTime": "yesterday"},
            {"SendTime": "2026-11-21T09:30:00+01:00"},
            {"Content": 7},
            {"Sender": None},
            {"Sender": {"UserId": 7}},
        ],
    )
    def test_what_is_no_message_is_told(self, change: dict[str, Any]) -> None:
        payload = logged("AbCdEfGhIjK1", "2026-11-21T09:30:00Z")["payload"]
        with pytest.raises(NoMessage):
            message_of({**payload, **change})
        nothings: tuple[Any, ...] = (None, [], "text", 7, {})
        for nothing in nothings:
            with pytest.raises(NoMessage):
                message_of(nothing)

    def test_moments_are_of_one_length(self) -> None:
        assert sortable_moment("2026-11-21T09:30:00Z") == "2026-11-21T09:30:00.000000000Z"
        assert sortable_moment("2026-11-21T09:30:00.894089757Z").endswith("00.894089757Z")
        assert nine_digits(at(milliseconds=1.5)) == "2026-11-21T09:00:00.001500000Z"

    def test_unknown_roles_and_attributes_count_as_a_members(self) -> None:
        payload = logged("AbCdEfGhIjK1", "2026-11-21T09:30:00.25Z")["payload"]
        message = message_of({**payload, "Sender": {"UserId": "usr_1", "Attributes": None}})
        assert (message.role, message.handle) == (Role.MEMBER, "")
        assert message.moment == datetime(2026, 11, 21, 9, 30, 0, 250_000, tzinfo=UTC)


class TestPlacing:
    @pytest.mark.parametrize(
        ("moment", "offset_ms"),
        [
            (at(seconds=0), 0),
            (at(seconds=4.5), 4_500),
            (at(seconds=10), 10_000),
            (at(seconds=20), 10_000),
            (at(seconds=30), 10_000),
            (at(seconds=32), 12_000),
            (at(seconds=40), 15_000),
        ],
    )
    def test_what_was_said_while_away_stands_at_the_seam(
        self, moment: datetime, offset_ms: int
    ) -> None:
        assert offset_at(PARTS, moment) == offset_ms

    @pytest.mark.parametrize(
        ("offset_ms", "moment"),
        [
            (0, at(seconds=0)),
            (4_500, at(seconds=4.5)),
            (10_000, at(seconds=10)),
            (12_000, at(seconds=32)),
            (15_000, at(seconds=35)),
            (15_001, None),
        ],
    )
    def test_a_place_says_from_when_to_read(self, offset_ms: int, moment: datetime | None) -> None:
        assert moment_at(PARTS, offset_ms) == moment

    @given(st.lists(st.integers(0, 60_000), min_size=2))
    def test_offsets_never_go_back(self, moments_ms: list[int]) -> None:
        moments = sorted(moments_ms)
        offsets = [offset_at(PARTS, at(milliseconds=each)) for each in moments]
        assert offsets == sorted(offsets)

    @given(st.integers(0, 45_000), st.integers(0, 15_000))
    def test_reading_from_a_place_misses_nothing_that_stands_there(
        self, moment_ms: int, from_ms: int
    ) -> None:
        moment, begin = at(milliseconds=moment_ms), moment_at(PARTS, from_ms)
        assert begin is not None
        if offset_at(PARTS, moment) > from_ms:
            assert moment >= begin
        if moment < begin:
            assert offset_at(PARTS, moment) <= from_ms

    def test_the_end_has_an_afterword(self) -> None:
        assert span_of(PARTS) == (NINE, at(seconds=45))
        assert span_of(()) is None
