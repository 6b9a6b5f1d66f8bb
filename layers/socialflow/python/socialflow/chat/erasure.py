"""Erasing a person from the chat: their own room and what is in it, and what they left elsewhere.

What was said in other rooms goes: it is the person's own words. What was done about it stays in
those rooms' audits, under the anonymous id, and so do bans that the person gave others; bans and
offices of the person go, as nobody is left to hold them.

Log files come some minutes late, so the first pass leaves a note of the room (`ERASED`), by which
the second knows where to look; that one takes the note away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from socialflow.chat import keys
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.log_files import log_prefix
from socialflow.chat.models import room_id_of
from socialflow.chat.poll import SHARDS
from socialflow.chat.records import ERASED
from socialflow.chat.traces import Traces
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.dynamodb import Item, Table, Write
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.ids import same_ulid
from socialflow.platform.partitions import delete_first, first_items, key_of
from socialflow.platform.records import delete_below

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHANNEL_PREFIX: Final = "chn"
# Until no log file of the room can come any more, nor a message about it.
NOTE_KEPT: Final = timedelta(days=30)
LAST_PASS: Final = 2


class RoomErasure:
    """A person's own room."""

    def __init__(
        self,
        table: Table,
        ivs_chat: IvsChat,
        s3: Callable[[], S3Client],
        *,
        log_bucket: str,
        clock: Clock,
    ) -> None:
        self._table = table
        self._ivs_chat = ivs_chat
        self._s3 = s3
        self._log_bucket = log_bucket
        self._clock = clock

    def plan(self) -> ErasurePlan:
        traces = Traces(self._table)
        return ErasurePlan(
            context="chat",
            steps={
                "rooms": self._room,
                "people_of_room": self._people,
                "acts_in_room": self._acts,
                "polls_of_room": self._polls,
                "messages_in_room": self._messages,
                "log_files": self._log_files,
                "done_elsewhere": traces.erase_doings,
                "told_elsewhere": traces.erase_mentions,
                "notes": self._note,
            },
            left=lambda leaving: self._left(leaving) + traces.left(leaving),
        )

    def _room(self, leaving: Leaving, _limit: int) -> int:
        """Notes where the room was, has IVS Chat delete it, then takes the row away."""
        rules = self._table.get(keys.rules_key(leaving.user_id), consistent=True)
        name = same_ulid(leaving.user_id, CHANNEL_PREFIX)
        arn = rules["arn"] if rules else self._ivs_chat.find_room(name)
        if arn is None:
            return 0
        since = rules["created_at"] if rules else to_rfc3339(self._clock())
        self._table.write(
            Write(
                key=keys.erased_key(leaving.user_id),
                set={"arn": arn, "expires_at": self._expiry()},
                set_once={"since": since[:10]},
            )
        )
        self._ivs_chat.delete_room(arn)
        gone = {**keys.ivs_key(room_id_of(arn)), ERASED: True, "expires_at": self._expiry()}
        # One after the other will do: whoever comes again finds the row until both are done.
        self._table.write(Write(put=gone))
        self._table.write(Write(key=keys.rules_key(leaving.user_id), delete=True))
        return 1

    def _people(self, leaving: Leaving, limit: int) -> int:
        """Bans, moderators and the pointer to the open poll."""
        found = self._of_room(leaving, limit)
        self._table.delete_many([key_of(item) for item in found])
        return len(found)

    def _of_room(self, leaving: Leaving, limit: int) -> list[Item]:
        own = (keys.RULES_SK, keys.ERASED_SK)
        found = first_items(self._table, keys.room_partition(leaving.user_id), limit + len(own))
        return [item for item in found if item["sk"] not in own][:limit]

    def _acts(self, leaving: Leaving, limit: int) -> int:
        """Acts go after the marks of the messages that they took away."""
        acts = first_items(self._table, keys.audit_partition(leaving.user_id), limit)
        taken = [item["message_id"] for item in acts if "message_id" in item]
        self._table.delete_many(
            [keys.deleted_key(leaving.user_id, each) for each in dict.fromkeys(taken)]
        )
        self._table.delete_many([key_of(item) for item in acts])
        return len(acts)

    def _polls(self, leaving: Leaving, limit: int) -> int:
        polls = first_items(self._table, keys.polls_partition(leaving.user_id), limit, index="gsi1")
        for poll in polls:
            counters = [keys.shard_key(poll["id"], shard) for shard in range(SHARDS)]
            self._table.delete_many([*counters, key_of(poll)])
        return len(polls)

    def _messages(self, leaving: Leaving, limit: int) -> int:
        """A day after the other, as the log is kept."""
        for day in self._days(leaving):
            log = keys.log_partition(leaving.user_id, day)
            if done := delete_first(self._table, log, limit, index="gsi1"):
                return done
            minutes = keys.activity_partition(leaving.user_id, day)
            if done := delete_first(self._table, minutes, limit):
                return done
        return 0

    def _days(self, leaving: Leaving) -> Iterator[str]:
        noted = self._table.get(keys.erased_key(leaving.user_id), consistent=True)
        if noted is None:
            return
        day, today = date.fromisoformat(noted["since"]), self._clock().date()
        while day <= today:
            yield day.isoformat()
            day += timedelta(days=1)

    def _log_files(self, leaving: Leaving, limit: int) -> int:
        noted = self._table.get(keys.erased_key(leaving.user_id), consistent=True)
        if noted is None:
            return 0
        return delete_below(self._s3(), self._log_bucket, log_prefix(noted["arn"]), limit=limit)

    def _note(self, leaving: Leaving, _limit: int) -> int:
        """The note is of no more use after the last pass."""
        key = keys.erased_key(leaving.user_id)
        if leaving.pass_number < LAST_PASS or self._table.get(key, consistent=True) is None:
            return 0
        self._table.write(Write(key=key, delete=True))
        return 1

    def _left(self, leaving: Leaving) -> int:
        rules = self._table.get(keys.rules_key(leaving.user_id), consistent=True)
        return (
            (1 if rules else 0)
            + len(self._of_room(leaving, 1))
            + len(first_items(self._table, keys.audit_partition(leaving.user_id), 1))
            + len(first_items(self._table, keys.polls_partition(leaving.user_id), 1, index="gsi1"))
        )

    def _expiry(self) -> int:
        return int((self._clock() + NOTE_KEPT).timestamp())
