"""The audit log as admins read it: filtered, newest first, by pages.

Who or what an act is about leads to an index; without either the days are gone through, many at a
time. A page looks at a bounded stretch of the log, so where a filter fits little a page may be
short, and may be empty; but it always gets on by 40 days or 500 entries, and the range is bounded,
so there is an end. Two round trips at most.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, AuditEntry
from socialflow.identity.staff.errors import AuditRangeInvalid
from socialflow.identity.staff.repository import StaffRepository, Stretch
from socialflow.platform.clock import Clock
from socialflow.platform.cursors import CursorInvalid
from socialflow.platform.ids import id_pattern, moment_of, ulid

USUAL_RANGE: Final = timedelta(days=30)
MAX_RANGE: Final = timedelta(days=400)
# Days that are read in the first round and in the second.
ROUNDS: Final = (2, 40)
# Where not every entry is wanted, so many are looked at for a page, in each round.
LOOKED_AT: Final = 500
MAX_THREADS: Final = 8
# The random part of the first id of a millisecond.
_LEAST: Final = "0" * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which acts: by whom, to whom, of which kind (`role` is all of `role.…`), from when until
    when (exclusive)."""

    actor: str | None = None
    target: str | None = None
    act: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, entry: AuditEntry) -> bool:
        """Whether an entry of the right time is wanted."""
        return (
            self.actor in (None, entry.actor.id)
            and self.target in (None, entry.target)
            and (self.act in (None, entry.act) or entry.act.startswith(f"{self.act}."))
        )


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some acts, newest first, and where to go on (None at the end)."""

    entries: list[AuditEntry]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a round of reading found, and how far it came: `rest` is None at the end."""

    entries: list[AuditEntry]
    rest: str | None


class AuditLog:
    """Read-only: entries are put by the transactions that they tell of, and stay."""

    def __init__(self, staff: StaffRepository, *, clock: Clock) -> None:
        self._staff = staff
        self._clock = clock

    def page(self, wanted: AuditFilter, *, after: str | None, limit: int) -> AuditPage:
        """One page. Raises `AuditRangeInvalid` and `CursorInvalid`."""
        since, until = self._range(wanted)
        if after is not None and not re.fullmatch(id_pattern(AUDIT_ID_PREFIX), after):
            raise CursorInvalid("This cursor is not valid; start again without one.")
        first = _first_id(since)
        before = min(after or _first_id(until), _first_id(until))
        found: list[AuditEntry] = []
        for days in ROUNDS:
            looked = self._round(wanted, days, before=before, first=first, limit=limit)
            found += [entry for entry in looked.entries if wanted.fits(entry)]
            if len(found) > limit:
                return AuditPage(found[:limit], found[limit - 1].id)
            if looked.rest is None:
                return AuditPage(found, None)
            before = looked.rest
        return AuditPage(found, before)

    def _range(self, wanted: AuditFilter) -> tuple[datetime, datetime]:
        until = wanted.until or self._clock() + timedelta(minutes=1)
        by_index = wanted.actor or wanted.target
        since = wanted.since or (until - (MAX_RANGE if by_index else USUAL_RANGE))
        if not timedelta(0) <= until - since <= MAX_RANGE:
            raise AuditRangeInvalid(
                f"A range begins before it ends and has {MAX_RANGE.days} days at most.",
                max_days=MAX_RANGE.days,
            )
        return since, until

    def _round(
        self, wanted: AuditFilter, days: int, *, before: str, first: str, limit: int
    ) -> _Looked:
        only = [each for each in (wanted.actor, wanted.target, wanted.act) if each]
        if wanted.target:
            count = limit + 1 if len(only) == 1 else LOOKED_AT
            looked = self._staff.of_target(wanted.target, before=before, limit=count)
            return _within([looked], first)
        if wanted.actor:
            count = limit + 1 if len(only) == 1 else LOOKED_AT
            looked = self._staff.of_actor(wanted.actor, before=before, limit=count)
            return _within([looked], first)
        count = LOOKED_AT if only else limit + 1
        dates = list(_days_back(before, first, days))
        stretches = _pool().map(
            lambda day: self._staff.of_day(day, before=before, limit=count), dates
        )
        looked_at = _within(stretches, first)
        if looked_at.rest is None and dates and _first_id(dates[-1]) > first:
            return _Looked(looked_at.entries, _first_id(dates[-1]))
        return looked_at


def _within(stretches: Iterator[Stretch] | list[Stretch], first: str) -> _Looked:
    """The entries from `first` on, up to where one of the stretches was not read to its end."""
    entries: list[AuditEntry] = []
    for stretch in stretches:
        entries += [entry for entry in stretch.entries if entry.id >= first]
        passed = bool(stretch.entries) and stretch.entries[-1].id < first
        if stretch.next_position and not passed:
            return _Looked(entries, stretch.next_position)
    return _Looked(entries, None)


def _days_back(before: str, first: str, count: int) -> Iterator[datetime]:
    """The days of ids below `before`, backwards to that of `first`, so many at most."""
    latest = moment_of(before)
    if before.endswith(_LEAST):
        latest -= timedelta(milliseconds=1)
    day = latest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(count):
        if _first_id(day + timedelta(days=1)) <= first:
            return
        yield day
        day -= timedelta(days=1)


def _first_id(moment: datetime) -> str:
    """Below every id that is made at a moment or later, but for itself."""
    return f"{AUDIT_ID_PREFIX}_{ulid(moment, 0)}"


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=MAX_THREADS, thread_name_prefix="audit-read")
