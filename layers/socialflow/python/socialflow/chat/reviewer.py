"""The review of each message, within the 200 ms that IVS Chat waits.

What it costs: one batch of three items (the room's rules, the sender's ban and role), and one
conditional write where slow mode is on. Whose room it is never changes and is kept in the process,
as are the blocked terms made ready, by the number of the settings' edits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from socialflow.chat import keys
from socialflow.chat.models import Room, room_id_of
from socialflow.chat.reasons import slow_mode
from socialflow.chat.records import ERASED, standing_keys, standing_of
from socialflow.chat.review import Draft, is_paced, refusal
from socialflow.chat.terms import BlockedTerms, blocked_terms
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import ConditionFailed, Table, Write
from socialflow.platform.principal import UserId

MAX_KEPT: Final = 1024
_MILLISECONDS: Final = 1000
Value = TypeVar("Value")


class RoomUnknown(Exception):
    """The message is of a room that this context did not make."""


class Reviewer:
    """Says of each message why it is refused, or None."""

    def __init__(self, table: Table, *, clock: Clock) -> None:
        self._table = table
        self._clock = clock
        self._owners: _Kept[UserId] = _Kept()
        self._terms: _Kept[BlockedTerms] = _Kept()

    def review(self, room_arn: str, draft: Draft) -> str | None:
        """Why the message is refused, in the words of `reasons`. Raises `RoomUnknown`.

        The same message again is judged as before: slow mode knows its id.
        """
        room_id = room_id_of(room_arn)
        owner_id = self._owners.get(room_id, lambda: self._owner_of(room_id))
        now = self._clock()
        items = self._table.get_many(standing_keys(owner_id, draft.sender_id))
        standing = standing_of(items, owner_id, draft.sender_id, now)
        if standing is None:
            raise RoomUnknown(room_arn)
        refused = refusal(draft, standing, self._terms_of(standing.room), now)
        if refused is None and is_paced(standing):
            return self._too_soon(standing.room, draft, now)
        return refused

    def warm_up(self) -> None:
        """Opens the connection and loads what the first message would wait for."""
        self._table.get_many([keys.rules_key("warm-up")])

    def _owner_of(self, room_id: str) -> UserId:
        item = self._table.get(keys.ivs_key(room_id))
        if item is None or ERASED in item:
            raise RoomUnknown(room_id)
        return UserId(item["owner_id"])

    def _terms_of(self, room: Room) -> BlockedTerms:
        return self._terms.get(
            (room.owner_id, room.edits), lambda: blocked_terms(room.settings.blocked_terms)
        )

    def _too_soon(self, room: Room, draft: Draft, now: datetime) -> str | None:
        """Takes the sender's turn, in one write; the reason where it has not come yet."""
        pause = room.settings.slow_mode_seconds * _MILLISECONDS
        now_ms = int(now.timestamp() * _MILLISECONDS)
        until = now + timedelta(milliseconds=pause)
        try:
            self._table.write(
                Write(
                    key=keys.pace_key(room.owner_id, draft.sender_id),
                    set={
                        "wrote_ms": now_ms,
                        "message_id": draft.message_id,
                        "expires_at": int(until.timestamp()) + 1,
                    },
                    condition="attribute_not_exists(pk) OR #wrote_ms <= :before "
                    "OR #message_id = :this",
                    values={"before": now_ms - pause, "this": draft.message_id},
                )
            )
        except ConditionFailed as refused:
            wrote_ms = (refused.item or {}).get("wrote_ms", now_ms)
            return slow_mode(max(1, -(-(wrote_ms + pause - now_ms) // _MILLISECONDS)))
        return None


class _Kept(Generic[Value]):
    """What was asked for last, `MAX_KEPT` of it."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        if key not in self._values:
            self._values[key] = make()
            if len(self._values) > MAX_KEPT:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
