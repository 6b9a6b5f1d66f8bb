"""One IVS Chat room for each channel, found or made when the channel asks for it."""

from __future__ import annotations

from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.models import Room
from socialflow.chat.repository import RoomRepository
from socialflow.chat.settings import RoomSettings
from socialflow.platform.clock import Clock
from socialflow.platform.principal import UserId


class RoomService:
    """Makes rooms. Called from a queue, which brings back what IVS Chat is too busy for."""

    def __init__(
        self, rooms: RoomRepository, *, ivs_chat: IvsChat, settings: RoomSettings, clock: Clock
    ) -> None:
        self._rooms = rooms
        self._ivs_chat = ivs_chat
        self._settings = settings
        self._clock = clock

    def open(self, owner_id: UserId, channel_id: str) -> Room:
        """The channel's room; again changes nothing. Raises `ChatUnavailable`.

        A run cut off may have left a room that nobody noted; it has the channel's name and is
        found by it. Of two runs at once, one's room is noted and the other deletes its own:

            first   ── none of the name ── creates A ── notes A
            second  ── none of the name ── creates B ── finds A noted ── deletes B
        """
        noted = self._rooms.room(owner_id)
        if noted:
            return noted
        arn = self._ivs_chat.find_room(channel_id) or self._ivs_chat.create_room(
            channel_id,
            review_function=self._settings.review_function,
            logging_configuration=self._settings.logging_configuration,
        )
        room = self._rooms.open(Room(owner_id=owner_id, arn=arn, created_at=self._clock()))
        if room.arn != arn:
            self._ivs_chat.delete_room(arn)
        return room
