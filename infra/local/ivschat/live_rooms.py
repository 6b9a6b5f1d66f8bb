"""Who is in which room right now, and delivery to all of them.

A payload becomes a frame once; every connection is handed the same bytes, in the same order, in
one go. Nothing here waits: a connection that cannot take the bytes is its own concern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from infra.local.ivschat.frames import log_line, text_frame
from infra.local.ivschat.rates import SlidingSecond
from infra.local.ivschat.records import Room
from infra.local.ivschat.tokens import Grant

__all__ = ["Kind", "LiveRooms", "Member"]

Kind = Literal["MESSAGE", "EVENT"]
Record = Callable[[Room, str, int], None]


class Member(Protocol):
    """A connection in a room."""

    @property
    def grant(self) -> Grant: ...

    @property
    def ip(self) -> str: ...

    def push(self, frame: bytes) -> None:
        """Hand over bytes to send, without waiting."""

    def end(self, reason: str) -> None:
        """Say goodbye and close."""


class _LiveRoom:
    def __init__(self, now: Callable[[], float]) -> None:
        # A dict keeps the order of arrival, which a set does not.
        self.members: dict[Member, None] = {}
        self.messages = SlidingSecond(now)


class LiveRooms:
    """`record` takes what was delivered: room, log line, nanoseconds since 1970."""

    def __init__(self, record: Record, now: Callable[[], float]) -> None:
        self._record = record
        self._now = now
        self._live: dict[str, _LiveRoom] = {}

    def join(self, member: Member) -> bool:
        """Whether the member is the first in its room."""
        arn = member.grant.room_arn
        first = arn not in self._live
        live = self._live.setdefault(arn, _LiveRoom(self._now))
        live.members[member] = None
        return first

    def leave(self, member: Member) -> None:
        live = self._live.get(member.grant.room_arn)
        if live is not None and live.members.pop(member, member) is None and not live.members:
            del self._live[member.grant.room_arn]

    def arns(self) -> list[str]:
        """The rooms that somebody is in."""
        return list(self._live)

    def members(self, arn: str, user_id: str | None = None) -> Iterator[Member]:
        """Those in the room now; only that user's connections where one is named."""
        live = self._live.get(arn)
        for member in tuple(live.members) if live else ():
            if user_id is None or member.grant.user_id == user_id:
                yield member

    def take_message(self, room: Room) -> bool:
        """Whether the room takes one more message in this second."""
        live = self._live.get(room.arn)
        return live is not None and live.messages.take(room.messages_per_second)

    def deliver(self, room: Room, kind: Kind, payload: str, sent_ns: int) -> None:
        """To everybody in the room, and to its log."""
        self._record(room, log_line(kind, payload, sent_ns), sent_ns)
        frame = text_frame(payload)
        live = self._live.get(room.arn)
        # A copy, because a connection that cannot keep up leaves while it is handed the frame.
        for member in tuple(live.members) if live else ():
            member.push(frame)
