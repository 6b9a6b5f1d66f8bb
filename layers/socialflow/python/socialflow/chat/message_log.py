"""Chat logs read into the table, and how lively a chat was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import RangeTooLong
from socialflow.chat.log_repository import LogRepository
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.principal import Principal

MAX_RANGE: Final = timedelta(days=1)
_DAY: Final = timedelta(days=1)
_END_OF_DAY: Final = "24:00"


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """How many messages were sent in the minute that begins `at`."""

    at: datetime
    messages: int


class ActivityService:
    """Messages a minute, for the owner of a channel."""

    def __init__(self, entrance: Entrance, log: LogRepository) -> None:
        self._entrance = entrance
        self._log = log

    def minutes(
        self, caller: Principal, handle: str, *, since: datetime, until: datetime
    ) -> Sequence[MinuteCount]:
        """The minutes between two moments that had messages, in order.

        Raises `OwnerRequired`, and `RangeTooLong` for more than a day or a range that ends before
        it begins.
        """
        owner_id = self._entrance.owned(caller, handle)
        if not timedelta(0) <= until - since <= MAX_RANGE:
            raise RangeTooLong("Ask for a day at most, from the earlier moment to the later.")
        counted: dict[datetime, int] = {}
        day = since
        first, last = to_rfc3339(since), to_rfc3339(until)
        while to_rfc3339(day)[:10] <= last[:10]:
            date = to_rfc3339(day)[:10]
            counted |= self._log.minutes_of_day(
                owner_id,
                date,
                since=first[11:16] if date == first[:10] else "00:00",
                until=last[11:16] if date == last[:10] else _END_OF_DAY,
            )
            day += _DAY
        return [MinuteCount(at, counted[at]) for at in sorted(counted)]
