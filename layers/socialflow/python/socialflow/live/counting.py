"""Counting viewers: what the heartbeats of a broadcast amount to. Pure.

Time is cut into half-minute slots. A heartbeat leaves one item for its viewer and slot, so the
number of viewers in a slot is the number of its items, however often it is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low
from typing import Final

SLOT_SECONDS: Final = 30
# Two heartbeats and a little: who has sent none for so long has gone.
PRESENT_SECONDS: Final = 35
# How many slots back a count looks: as long as presence is kept, with room to spare.
MAX_CATCH_UP: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A viewer in a slot: when last heard of, and how far behind the encoder they watch."""

    viewer: str
    seen_at: int
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCount:
    """How many watched in a slot that is over."""

    slot: int
    viewers: int
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A count: who watches now, the slots that are over, everybody who was seen in any."""

    viewers: int
    points: tuple[SlotCount, ...]
    seen: frozenset[str]

    @property
    def most(self) -> int:
        """The most viewers of any of it."""
        return max((self.viewers, *(point.viewers for point in self.points)))


def slot_of(moment: datetime) -> int:
    """The half minute that a moment is in."""
    return int(moment.timestamp()) // SLOT_SECONDS


def slots_to_count(counted: int, began: int, now: int) -> range:
    """The slots that are over and not counted yet, the last of those counted again.

    `began` is the first slot of the broadcast. The last is counted again because a heartbeat
    that came in its last moment may not have been there to be counted.
    """
    first = max(counted, began, now - MAX_CATCH_UP)
    return range(first, now)


def tally(
    found: Mapping[int, Sequence[Presence]], now: datetime, *, over: Collection[int]
) -> Tally:
    """What the presence of some slots amounts to; `over` are those that make a point."""
    current = slot_of(now)
    since = int(now.timestamp()) - PRESENT_SECONDS
    present = {
        each.viewer
        for slot in (current - 1, current)
        for each in found.get(slot, ())
        if each.seen_at > since
    }
    points = tuple(
        SlotCount(slot=slot, viewers=len(there), latency_ms=_latency(there))
        for slot, there in ((slot, found.get(slot, ())) for slot in sorted(over))
    )
    seen = frozenset(each.viewer for there in found.values() for each in there)
    return Tally(viewers=len(present), points=points, seen=seen)


def _latency(there: Sequence[Presence]) -> int | None:
    told = [each.latency_ms for each in there if each.latency_ms is not None]
    return median_low(told) if told else None
