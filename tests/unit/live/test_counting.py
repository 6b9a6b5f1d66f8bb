"""What heartbeats amount to: pure, and the same however often it is counted."""

from __future__ import annotations

from datetime import timedelta

from socialflow.live.counting import (
    MAX_CATCH_UP,
    PRESENT_SECONDS,
    Presence,
    slot_of,
    slots_to_count,
    tally,
)
from tests.unit.doubles import START

NOW = START + timedelta(seconds=40)
CURRENT = slot_of(NOW)


def seen(viewer: str, seconds_ago: float, latency_ms: int | None = None) -> Presence:
    at = int((NOW - timedelta(seconds=seconds_ago)).timestamp())
    return Presence(viewer=viewer, seen_at=at, latency_ms=latency_ms)


class TestWhoWatchesNow:
    def test_is_everybody_heard_of_lately_once(self) -> None:
        found = {CURRENT - 1: [seen("a", 20), seen("b", 12)], CURRENT: [seen("a", 5)]}
        assert tally(found, NOW, over=()).viewers == 2

    def test_is_nobody_who_has_been_silent(self) -> None:
        found = {CURRENT - 1: [seen("a", PRESENT_SECONDS), seen("b", PRESENT_SECONDS - 1)]}
        assert tally(found, NOW, over=()).viewers == 1

    def test_is_nobody_of_older_slots(self) -> None:
        assert tally({CURRENT - 2: [seen("a", 1)]}, NOW, over=()).viewers == 0


class TestPoints:
    def test_count_each_viewer_of_a_slot(self) -> None:
        found = {CURRENT - 2: [seen("a", 70, 3000), seen("b", 75, 2000), seen("c", 80)]}
        counted = tally(found, NOW, over=range(CURRENT - 3, CURRENT))
        assert [(point.slot, point.viewers) for point in counted.points] == [
            (CURRENT - 3, 0),
            (CURRENT - 2, 3),
            (CURRENT - 1, 0),
        ]
        assert counted.points[1].latency_ms == 2000
        assert counted.points[0].latency_ms is None
        assert counted.most == 3
        assert counted.seen == {"a", "b", "c"}

    def test_are_counted_from_the_last_one_on(self) -> None:
        assert list(slots_to_count(counted=7, began=3, now=9)) == [7, 8]

    def test_begin_with_the_broadcast(self) -> None:
        assert list(slots_to_count(counted=0, began=8, now=10)) == [8, 9]
        assert list(slots_to_count(counted=0, began=9, now=9)) == []

    def test_are_caught_up_with_within_bounds(self) -> None:
        assert len(slots_to_count(counted=1, began=1, now=1000)) == MAX_CATCH_UP
