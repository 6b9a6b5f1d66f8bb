"""What a channel and a broadcast are, and the rules that need no I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from socialflow.live.sessions import (
    MAX_SESSIONS,
    Incident,
    Session,
    merged,
    merged_incidents,
)
from socialflow.platform.ids import same_ulid, ulid
from socialflow.platform.principal import UserId

ChannelId = NewType("ChannelId", str)
BroadcastId = NewType("BroadcastId", str)

CHANNEL_PREFIX: Final = "chn"
BROADCAST_PREFIX: Final = "brd"
REPLAY_PREFIX: Final = "vid"
# A creator who says "go live" and then never streams.
STARTING_LIMIT: Final = timedelta(hours=6)
# An event that speaks of a time so long before a broadcast was opened is about another one.
OPENING_SLACK: Final = timedelta(minutes=10)


class Visibility(StrEnum):
    """Who may watch: everybody; everybody with the link; the owner."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class State(StrEnum):
    """Where a broadcast is."""

    SCHEDULED = "scheduled"
    STARTING = "starting"
    LIVE = "live"
    ENDING = "ending"
    ENDED = "ended"


ACTIVE: Final = (State.STARTING, State.LIVE, State.ENDING)


class ChannelState(StrEnum):
    """`requested` until IVS has the channel."""

    REQUESTED = "requested"
    READY = "ready"


class StreamKeyState(StrEnum):
    """Whether the channel's key can be shown."""

    NONE = "none"
    READY = "ready"
    ROTATING = "rotating"


class ThumbnailKind(StrEnum):
    """The creator's own picture, or a frame of the stream; the value is its file's name."""

    JPEG = "custom.jpg"
    PNG = "custom.png"
    AUTOMATIC = "automatic.jpg"


def channel_of(owner_id: str) -> ChannelId:
    """A creator's only channel."""
    return ChannelId(same_ulid(owner_id, CHANNEL_PREFIX))


def replay_of(broadcast_id: str) -> str:
    """The video that a broadcast's recordings become."""
    return same_ulid(broadcast_id, REPLAY_PREFIX)


def broadcast_of_stream(stream_id: str, at: datetime) -> BroadcastId:
    """The id of the broadcast that a stream makes by itself: the same whenever it is asked."""
    digest = hashlib.sha256(stream_id.encode()).digest()
    return BroadcastId(f"{BROADCAST_PREFIX}_{ulid(at, int.from_bytes(digest[:10], 'big'))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a broadcast is like that nobody has described."""

    title: str
    category: str = ""
    visibility: Visibility = Visibility.PUBLIC
    replay: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IvsChannel:
    """A channel as IVS made it. `key_arn` names its stream key; the key itself is never kept."""

    arn: str
    ingest_endpoint: str
    playback_url: str
    key_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A creator's channel. `rotation` counts the rotations of its key that were asked for.

    `closed_at` is when the creator last ended a broadcast: an encoder that comes back by itself
    right after that is sent away.
    """

    id: ChannelId
    owner_id: UserId
    created_at: datetime
    defaults: Defaults
    ivs: IvsChannel | None = None
    rotation: int = 0
    is_rotating: bool = False
    current_broadcast_id: BroadcastId | None = None
    closed_at: datetime | None = None
    edits: int = 1
    revision: int = 1

    @property
    def state(self) -> ChannelState:
        return ChannelState.READY if self.ivs else ChannelState.REQUESTED

    @property
    def stream_key_state(self) -> StreamKeyState:
        if self.ivs is None:
            return StreamKeyState.NONE
        return StreamKeyState.ROTATING if self.is_rotating else StreamKeyState.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """A broadcast and what is known of its sessions.

    `state` is as it was last written; `state_at` says what it is at a time. `edits` counts
    changes by people, `revision` all but the counting of viewers, which `counts` counts.
    """

    id: BroadcastId
    channel_id: ChannelId
    owner_id: UserId
    state: State
    title: str
    description: str = ""
    category: str = ""
    visibility: Visibility
    replay: bool = True
    created_at: datetime
    scheduled_for: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    concluded_at: datetime | None = None
    sessions: Mapping[str, Session] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    thumbnail: ThumbnailKind | None = None
    edits: int = 1
    revision: int = 1
    viewers: int = 0
    peak_viewers: int = 0
    counted_slot: int = 0
    counts: int = 0

    @property
    def in_order(self) -> tuple[Session, ...]:
        """The sessions by time."""
        return tuple(
            sorted(
                self.sessions.values(),
                key=lambda each: (each.concerns or self.created_at, each.stream_id),
            )
        )

    @property
    def started_at(self) -> datetime | None:
        """When it could first be watched."""
        began = [each.began_at for each in self.sessions.values() if each.began_at]
        return min(began, default=None)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended: the end of its last session, where it had one."""
        if self.concluded_at is None:
            return None
        return self.last_over_at or self.closed_at or self.concluded_at

    @property
    def last_over_at(self) -> datetime | None:
        """The end of the last session that could be watched."""
        over = [_over(each) for each in self.sessions.values() if each.began_at]
        return max((each for each in over if each), default=None)

    @property
    def recordings(self) -> tuple[Session, ...]:
        """The sessions whose recording is whole, in order."""
        return tuple(each for each in self.in_order if each.is_recorded)

    @property
    def is_running(self) -> bool:
        """Whether an encoder streams to it, as far as is known."""
        return any(each.is_running for each in self.sessions.values())

    @property
    def takes_sessions(self) -> bool:
        """Whether another session still fits."""
        return len(self.sessions) < MAX_SESSIONS


def state_at(broadcast: Broadcast, now: datetime, window: timedelta) -> State:
    """A broadcast's state: of its sessions, its creator's acts and the time alone."""
    if broadcast.concluded_at:
        return State.ENDED
    if broadcast.is_running:
        return State.ENDING if broadcast.closed_at else State.LIVE
    over_at = broadcast.last_over_at
    if broadcast.closed_at:
        return State.ENDED
    if over_at:
        return State.ENDING if now < over_at + window else State.ENDED
    if broadcast.opened_at:
        return State.STARTING if now < broadcast.opened_at + STARTING_LIMIT else State.ENDED
    return State.SCHEDULED


def settled(broadcast: Broadcast, now: datetime, window: timedelta) -> Broadcast:
    """The broadcast with the state that it has now; one that has ended is concluded."""
    state = state_at(broadcast, now, window)
    concluded_at = broadcast.concluded_at or (now if state is State.ENDED else None)
    viewers = broadcast.viewers if state is State.LIVE else 0
    return replace(broadcast, state=state, concluded_at=concluded_at, viewers=viewers)


def told(broadcast: Broadcast, fact: Session, incidents: tuple[Incident, ...] = ()) -> Broadcast:
    """The broadcast after another account of one of its streams."""
    known = broadcast.sessions.get(fact.stream_id)
    session = merged(known, fact) if known else fact
    return replace(
        broadcast,
        sessions={**broadcast.sessions, fact.stream_id: session},
        incidents=merged_incidents(broadcast.incidents, incidents),
    )


def takes_in(broadcast: Broadcast, fact: Session, at: datetime, window: timedelta) -> bool:
    """Whether a stream that nobody has heard of belongs to a broadcast that is going on.

    `at` is when IVS spoke. A stream that is over belongs to it only if it came after the
    opening; one that begins, unless its time is long before, or the reconnect window is past.
    """
    if broadcast.concluded_at or broadcast.closed_at or not broadcast.takes_sessions:
        return False
    opened_at = broadcast.opened_at or broadcast.created_at
    slack = timedelta(0) if fact.over_at or fact.is_recorded else OPENING_SLACK
    if at < opened_at - slack:
        return False
    over_at = broadcast.last_over_at
    return broadcast.is_running or over_at is None or (fact.concerns or at) < over_at + window


def shard_of(id: str, shards: int) -> int:
    """A stable shard for what must not be one hot partition."""
    return hashlib.sha256(id.encode()).digest()[0] % shards


def _over(session: Session) -> datetime | None:
    """When a session was over; one that is recorded to its end is over whatever else is known."""
    if session.over_at or not session.is_recorded or session.recording is None:
        return session.over_at
    return session.recording.started_at + timedelta(milliseconds=session.recording.duration_ms)
