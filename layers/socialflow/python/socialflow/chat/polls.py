"""Polls as people open, see, vote in and close them. Announcing them is in `announcements`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from socialflow.chat.entrance import Entrance
from socialflow.chat.errors import (
    AlreadyVoted,
    ModeratorRequired,
    PollClosed,
    PollNotFound,
    PollOpen,
    PollOptionUnknown,
)
from socialflow.chat.models import Act, AuditEntry
from socialflow.chat.poll import POLL_ID_PREFIX, SHARDS, Poll, PollState, check_length
from socialflow.chat.poll_repository import PollReading, PollRepository
from socialflow.platform.clock import Clock
from socialflow.platform.idempotency import id_from_seed
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal

_ANOTHER_OPEN: Final = 1
_CLOSED: Final = 1
# What closing changes beside the counters: the poll, and what is open in its room.
_OTHER_CHANGES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoll:
    """What a poll asks, and for how long."""

    question: str
    options: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as one person sees it."""

    poll: Poll
    state: PollState
    own_vote: int | None


class PollService:
    """One open poll a room, one vote a person."""

    def __init__(
        self, entrance: Entrance, polls: PollRepository, *, new_id: IdFactory, clock: Clock
    ) -> None:
        self._entrance = entrance
        self._polls = polls
        self._new_id = new_id
        self._clock = clock

    def open(self, caller: Principal, handle: str, new: NewPoll, *, seed: str) -> PollView:
        """Opens a poll; the same `seed` opens the same one.

        Raises `ModeratorRequired`, `PollTooLong`, `PollOpen`.
        """
        owner_id = self._entrance.moderating(caller, handle).room.owner_id
        now = self._clock()
        poll = Poll(
            id=id_from_seed(seed, POLL_ID_PREFIX),
            owner_id=owner_id,
            question=new.question,
            options=new.options,
            opened_by=caller.user_id,
            opened_at=now,
            closes_at=now + timedelta(seconds=new.seconds),
            votes=(0,) * len(new.options),
        )
        check_length(poll)
        entry = self._entry(caller, Act.POLL_OPENED, poll)
        refused = self._polls.open(caller.user_id, poll, entry)
        if not refused:
            return PollView(poll, PollState.OPEN, None)
        if 0 in refused:
            return self._seen(self._read(poll.id, owner_id, caller, consistent=True))
        raise PollOpen if _ANOTHER_OPEN in refused else ModeratorRequired

    def current(self, viewer: Principal | None, handle: str) -> PollView:
        """The open poll. Raises `PersonNotFound`, `PollNotFound`."""
        owner_id = self._entrance.owner(handle)
        found = self._polls.open_poll_id(owner_id)
        if found is None or found[1] <= self._clock():
            raise PollNotFound
        return self._seen(self._read(found[0], owner_id, viewer))

    def show(self, viewer: Principal | None, handle: str, poll_id: str) -> PollView:
        """Raises `PersonNotFound`, `PollNotFound`."""
        return self._seen(self._read(poll_id, self._entrance.owner(handle), viewer))

    def vote(self, caller: Principal, handle: str, poll_id: str, option: int) -> PollView:
        """Votes; the same again changes nothing.

        Raises `PollNotFound`, `PollOptionUnknown`, `PollClosed`, `AlreadyVoted`, and `ChatBanned`
        for who is banned.
        """
        owner_id = self._entrance.participating(caller, handle)
        poll = self._read(poll_id, owner_id, None).poll
        if option >= len(poll.options):
            raise PollOptionUnknown(f"This poll has {len(poll.options)} options.")
        refused = self._polls.vote(poll, caller.user_id, option, self._clock())
        if 0 in refused:
            voted = self._polls.voted(poll_id, caller.user_id)
            if voted != option:
                raise AlreadyVoted("You voted for another option.", option=voted)
        elif _CLOSED in refused:
            raise PollClosed
        reading = self._read(poll_id, owner_id, caller, consistent=True)
        return self._seen(reading)

    def close(self, caller: Principal, handle: str, poll_id: str) -> PollView:
        """Ends the voting now; nothing where it has ended. Raises `ModeratorRequired`."""
        owner_id = self._entrance.moderating(caller, handle).room.owner_id
        reading = self._read(poll_id, owner_id, caller, consistent=True)
        now = self._clock()
        if reading.poll.state(now) is PollState.CLOSED:
            return self._seen(reading)
        entry = self._entry(caller, Act.POLL_CLOSED, reading.poll)
        refused = self._polls.close(caller.user_id, reading.poll, entry, at=now)
        if refused and min(refused) >= SHARDS + _OTHER_CHANGES:
            raise ModeratorRequired
        # Refused otherwise, somebody closed it just now.
        return self._seen(self._read(poll_id, owner_id, caller, consistent=True))

    def _read(
        self,
        poll_id: str,
        owner_id: str,
        viewer: Principal | None,
        *,
        consistent: bool = False,
    ) -> PollReading:
        reading = self._polls.read(
            poll_id, viewer.user_id if viewer else None, consistent=consistent
        )
        if reading is None or reading.poll.owner_id != owner_id:
            raise PollNotFound
        return reading

    def _seen(self, reading: PollReading) -> PollView:
        return PollView(reading.poll, reading.poll.state(self._clock()), reading.own_vote)

    def _entry(self, caller: Principal, act: Act, poll: Poll) -> AuditEntry:
        told = {"poll_id": poll.id, "question": poll.question, "options": list(poll.options)}
        return AuditEntry(
            id=self._new_id("act"), at=self._clock(), actor_id=caller.user_id, act=act, after=told
        )
