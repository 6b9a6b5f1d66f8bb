"""Polls in the table: the poll, its counters, and one item for each vote.

A popular poll is no hot item: votes are counted on `SHARDS` items, and each counter knows when
the poll closes, so that a vote asks nothing of the poll's own item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from socialflow.chat import keys
from socialflow.chat.models import AuditEntry
from socialflow.chat.poll import SHARDS, Poll, shard_of
from socialflow.chat.repository import RoomRepository
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, TransactionRefused, Write
from socialflow.platform.principal import UserId

KEPT: Final = timedelta(days=400)
_ABSENT: Final = "attribute_not_exists(pk)"
_TELLING: Final = (
    "claimed_at",
    "claimed_by",
    "counts_alarm_at",
    "counts_alarm_by",
    "end_alarm_at",
    "end_alarm_by",
)


class AlarmKind(StrEnum):
    """What a delayed message is for: counts that changed, or the poll's end."""

    COUNTS = "counts"
    END = "end"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A delayed message that comes `at` a moment, sent by the run of the event `by`."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the room was told last, and the alarms by which it will be told more.

    `told` is the poll's digest then; `claimed_by` is the event that began to tell at `claimed_at`.
    """

    told: str | None
    claimed_at: datetime | None
    claimed_by: str | None
    alarms: Mapping[AlarmKind, Alarm]


@dataclass(frozen=True, slots=True)
class PollReading:
    """A poll as it was read, what one person voted, and what was told of it."""

    poll: Poll
    own_vote: int | None
    announced: Announced


class PollRepository:
    """Acts of moderators go through `RoomRepository.act`, so that they are written down."""

    def __init__(self, table: Table, rooms: RoomRepository) -> None:
        self._table = table
        self._rooms = rooms

    def open(self, actor_id: UserId, poll: Poll, entry: AuditEntry) -> tuple[int, ...]:
        """Returns what refused: 0 is that the poll is there, 1 that another is open."""
        closes_at = to_rfc3339(poll.closes_at)
        counters = [
            Write(put={**keys.shard_key(poll.id, shard), **_shard(poll, closes_at)})
            for shard in range(SHARDS)
        ]
        pointer = {
            **keys.open_poll_key(poll.owner_id),
            "poll_id": poll.id,
            "closes_at": closes_at,
        }
        changes = [
            Write(put=_poll_item(poll), condition=_ABSENT),
            Write(
                put=pointer,
                condition=f"{_ABSENT} OR #closes_at <= :now",
                values={"now": to_rfc3339(poll.opened_at)},
            ),
            *counters,
        ]
        return self._rooms.act(actor_id, poll.owner_id, changes, entry)

    def open_poll_id(self, owner_id: str) -> tuple[str, datetime] | None:
        """The poll opened last and when it closes."""
        item = self._table.get(keys.open_poll_key(owner_id))
        return (item["poll_id"], from_rfc3339(item["closes_at"])) if item else None

    def read(
        self, poll_id: str, user_id: str | None = None, *, consistent: bool = False
    ) -> PollReading | None:
        """The poll with its counts, and somebody's vote. One batch."""
        wanted = [
            keys.poll_key(poll_id),
            *(keys.shard_key(poll_id, shard) for shard in range(SHARDS)),
            *([keys.vote_key(poll_id, user_id)] if user_id else []),
        ]
        items = self._table.get_many(wanted, consistent=consistent)
        polls = [item for item in items if item["sk"] == keys.POLL_SK]
        if not polls:
            return None
        counters = [item for item in items if item["sk"] == keys.SHARD_SK]
        votes = [item["option"] for item in items if item["pk"].startswith("VOTE#")]
        poll = _poll_from_item(polls[0], counters)
        return PollReading(poll, votes[0] if votes else None, _announced(polls[0]))

    def vote(self, poll: Poll, user_id: UserId, option: int, now: datetime) -> tuple[int, ...]:
        """Counts a vote. Returns what refused: 0 is that they voted before, 1 that it is closed."""
        moment = to_rfc3339(now)
        ballot = {
            **keys.vote_key(poll.id, user_id),
            **keys.by_keys(user_id, "VOTE", poll.id),
            "option": option,
            "voted_at": moment,
            "expires_at": _expiry(poll),
        }
        try:
            self._table.transact(
                [
                    Write(put=ballot, condition=_ABSENT),
                    Write(
                        key=keys.shard_key(poll.id, shard_of(user_id)),
                        add={f"votes_{option}": 1},
                        condition="#closes_at > :now",
                        values={"now": moment},
                    ),
                ]
            )
        except TransactionRefused as refused:
            return refused.failed
        return ()

    def voted(self, poll_id: str, user_id: str) -> int | None:
        """What somebody voted, as it is this moment."""
        item = self._table.get(keys.vote_key(poll_id, user_id), consistent=True)
        return item["option"] if item else None

    def close(
        self, actor_id: UserId, poll: Poll, entry: AuditEntry, *, at: datetime
    ) -> tuple[int, ...]:
        """Ends the voting at `at`. Returns what refused: any of the changes, that it had ended."""
        moment = to_rfc3339(at)
        places = [keys.poll_key(poll.id)]
        places += [keys.shard_key(poll.id, shard) for shard in range(SHARDS)]
        changes = [
            Write(
                key=place,
                set={"closes_at": moment},
                condition="#closes_at > :moment",
                values={"moment": moment},
            )
            for place in places
        ]
        pointer = Write(
            key=keys.open_poll_key(poll.owner_id),
            set={"closes_at": moment},
            condition="#poll_id = :poll",
            values={"poll": poll.id},
        )
        return self._rooms.act(actor_id, poll.owner_id, [*changes, pointer], entry)

    def claim(self, poll_id: str, event_id: str, *, now: datetime, not_since: datetime) -> bool:
        """Takes the telling, unless another event has it since `not_since`."""
        return self._note(
            poll_id,
            set={"claimed_at": to_rfc3339(now), "claimed_by": event_id},
            condition="attribute_not_exists(#claimed_at) OR #claimed_at <= :before "
            "OR #claimed_by = :me",
            values={"before": to_rfc3339(not_since), "me": event_id},
        )

    def note_told(self, poll_id: str, event_id: str, digest: str, *, is_end: bool) -> None:
        """Notes what was told under the claim. With the end, the rest is of no more use.

        Where another event has the claim by now, what this one told is older than what that one
        told: the note is taken away, so that the room is told once more.
        """
        kept = self._note(
            poll_id,
            set={"told": digest},
            remove=_TELLING if is_end else (),
            condition="#claimed_by = :me",
            values={"me": event_id},
        )
        if not kept:
            self._note(poll_id, remove=("told",), condition="attribute_exists(#told)")

    def set_alarm(
        self, poll_id: str, kind: AlarmKind, alarm: Alarm, *, instead_of: Alarm | None
    ) -> bool:
        """Notes an alarm where `instead_of` is noted; False where another came between."""
        name = f"{kind}_alarm_at"
        return self._note(
            poll_id,
            set={name: to_rfc3339(alarm.at), f"{kind}_alarm_by": alarm.by},
            condition=f"#{name} = :seen" if instead_of else f"attribute_not_exists(#{name})",
            values={"seen": to_rfc3339(instead_of.at)} if instead_of else {},
        )

    def _note(
        self,
        poll_id: str,
        *,
        condition: str,
        set: Mapping[str, str] | None = None,
        remove: Sequence[str] = (),
        values: Mapping[str, str] | None = None,
    ) -> bool:
        try:
            self._table.write(
                Write(
                    key=keys.poll_key(poll_id),
                    set=set or {},
                    remove=remove,
                    condition=f"attribute_exists(pk) AND ({condition})",
                    values=values or {},
                )
            )
        except ConditionFailed:
            return False
        return True


def _poll_item(poll: Poll) -> dict[str, Any]:
    return {
        **keys.poll_key(poll.id),
        **keys.poll_index_keys(poll.owner_id, poll.opened_by, poll.id),
        "id": poll.id,
        "owner_id": poll.owner_id,
        "question": poll.question,
        "options": list(poll.options),
        "opened_by": poll.opened_by,
        "opened_at": to_rfc3339(poll.opened_at),
        "closes_at": to_rfc3339(poll.closes_at),
        "expires_at": _expiry(poll),
    }


def _shard(poll: Poll, closes_at: str) -> dict[str, Any]:
    counts = {f"votes_{option}": 0 for option in range(len(poll.options))}
    return {
        **counts,
        "poll_id": poll.id,
        "owner_id": poll.owner_id,
        "closes_at": closes_at,
        "expires_at": _expiry(poll),
    }


def _poll_from_item(item: Mapping[str, Any], counters: Sequence[Mapping[str, Any]]) -> Poll:
    options = tuple(item["options"])
    return Poll(
        id=item["id"],
        owner_id=UserId(item["owner_id"]),
        question=item["question"],
        options=options,
        opened_by=UserId(item["opened_by"]),
        opened_at=from_rfc3339(item["opened_at"]),
        closes_at=from_rfc3339(item["closes_at"]),
        votes=tuple(
            sum(counter[f"votes_{option}"] for counter in counters)
            for option in range(len(options))
        ),
    )


def _announced(item: Mapping[str, Any]) -> Announced:
    return Announced(
        told=item.get("told"),
        claimed_at=from_rfc3339(item["claimed_at"]) if "claimed_at" in item else None,
        claimed_by=item.get("claimed_by"),
        alarms={
            kind: Alarm(from_rfc3339(item[f"{kind}_alarm_at"]), item[f"{kind}_alarm_by"])
            for kind in AlarmKind
            if f"{kind}_alarm_at" in item
        },
    )


def _expiry(poll: Poll) -> int:
    return int((poll.opened_at + KEPT).timestamp())
