"""Messages taken away. What follows, telling every page, comes from the table's stream."""

from __future__ import annotations

from datetime import timedelta

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import ModeratorRequired
from socialflow.chat.models import Act, AuditEntry
from socialflow.chat.repository import RoomRepository
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal


class ModerationService:
    """`retention` is how long the message log is kept, and so how long a deletion is."""

    def __init__(
        self,
        entrance: Entrance,
        rooms: RoomRepository,
        *,
        retention: timedelta,
        new_id: IdFactory,
        clock: Clock,
    ) -> None:
        self._entrance = entrance
        self._rooms = rooms
        self._retention = retention
        self._new_id = new_id
        self._clock = clock

    def delete_message(
        self, caller: Principal, handle: str, message_id: str, *, reason: str | None
    ) -> None:
        """Hides a message everywhere, whether the log has it yet or not; again changes nothing.

        Raises `ModeratorRequired`.
        """
        owner_id = self._entrance.moderating(caller, handle).room.owner_id
        now = self._clock()
        entry = AuditEntry(
            id=self._new_id("act"),
            at=now,
            actor_id=caller.user_id,
            act=Act.MESSAGE_DELETED,
            message_id=message_id,
            reason=reason,
        )
        # The message is younger than its deletion by nothing, so it is gone before.
        expires_at = int((now + self._retention + timedelta(days=1)).timestamp())
        refused = self._rooms.mark_deleted(owner_id, message_id, entry, expires_at=expires_at)
        if refused and 0 not in refused:
            raise ModeratorRequired
