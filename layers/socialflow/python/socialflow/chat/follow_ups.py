"""What moderation does in the rooms themselves, after the act is written down."""

from __future__ import annotations

from typing import Final

from socialflow.chat import reasons
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.repository import RoomRepository
from socialflow.platform.clock import Clock
from socialflow.platform.principal import UserId

DELETED: Final = "deleted by a moderator"


class FollowUps:
    """Each is harmless when it comes twice or late."""

    def __init__(self, rooms: RoomRepository, *, ivs_chat: IvsChat, clock: Clock) -> None:
        self._rooms = rooms
        self._ivs_chat = ivs_chat
        self._clock = clock

    def disconnect_silenced(self, owner_id: UserId, user_id: UserId) -> bool:
        """Ends the connections of somebody who may not write, if that is still so.

        Their client comes back with a new token, which knows of the ban.
        """
        standing = self._rooms.standing(owner_id, user_id, self._clock())
        if standing is None or standing.ban is None:
            return False
        until = standing.ban.until
        reason = reasons.timed_out(until) if until else reasons.banned()
        self._ivs_chat.disconnect(standing.room.arn, user_id, reason=reason)
        return True

    def delete_message(self, owner_id: UserId, message_id: str) -> bool:
        """Has every page take a message away."""
        room = self._rooms.room(owner_id)
        if room is None:
            return False
        self._ivs_chat.delete_message(room.arn, message_id, reason=DELETED)
        return True
