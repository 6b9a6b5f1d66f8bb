"""Rooms, what is asked of those who write in them, and who may do what. Pure rules, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from socialflow.platform.principal import UserId

MAX_MESSAGE_CHARACTERS: Final = 500
MAX_MESSAGES_PER_SECOND: Final = 100
MAX_SLOW_MODE_SECONDS: Final = 300
MAX_FOLLOWERS_ONLY_MINUTES: Final = 60 * 24 * 90
MAX_BLOCKED_TERMS: Final = 200
MAX_TERM_CHARACTERS: Final = 50
MAX_MODERATORS: Final = 100
MAX_TIME_OUT_SECONDS: Final = 14 * 24 * 3600
MAX_REASON_CHARACTERS: Final = 200
MAX_SESSION: Final = timedelta(minutes=60)
MIN_SESSION: Final = timedelta(minutes=1)
ANONYMOUS_PREFIX: Final = "anon-"


class Role(StrEnum):
    """What somebody is in a room. `viewer` is who did not sign in."""

    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"
    VIEWER = "viewer"


class Act(StrEnum):
    """What is written down of moderation."""

    MESSAGE_DELETED = "message_deleted"
    TIMED_OUT = "timed_out"
    BANNED = "banned"
    LIFTED = "lifted"
    SETTINGS_CHANGED = "settings_changed"
    MODERATOR_ADDED = "moderator_added"
    MODERATOR_REMOVED = "moderator_removed"
    POLL_OPENED = "poll_opened"
    POLL_CLOSED = "poll_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """What the owner asks of those who write.

    `slow_mode_seconds` lie between two messages of one person (0: none). Where
    `followers_only_minutes` is a number, only people write who have followed for that long.
    """

    slow_mode_seconds: int = 0
    followers_only_minutes: int | None = None
    links_allowed: bool = True
    blocked_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel's room. `edits` counts the changes of its settings and makes the ETag."""

    owner_id: UserId
    arn: str
    created_at: datetime
    settings: ChatSettings = field(default_factory=ChatSettings)
    edits: int = 1

    @property
    def room_id(self) -> str:
        """IVS Chat's own id, the last part of the ARN."""
        return room_id_of(self.arn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Somebody may not write: `until` then, or for good. `version` counts the changes."""

    user_id: UserId
    by: UserId
    at: datetime
    until: datetime | None = None
    reason: str | None = None
    version: int = 1

    def is_active(self, now: datetime) -> bool:
        return self.until is None or now < self.until

    @property
    def act(self) -> Act:
        return Act.BANNED if self.until is None else Act.TIMED_OUT

    @property
    def seconds(self) -> int | None:
        """How long it was meant to last; None for good."""
        return round((self.until - self.at).total_seconds()) if self.until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A room and somebody in it, as read at one moment. Bans that are over are left out."""

    room: Room
    role: Role
    ban: Ban | None = None

    @property
    def may_moderate(self) -> bool:
        return self.role in (Role.OWNER, Role.MODERATOR) and self.ban is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act of moderation. `before` and `after` are plain JSON."""

    id: str
    at: datetime
    actor_id: UserId
    act: Act
    target_id: UserId | None = None
    message_id: str | None = None
    reason: str | None = None
    before: object = None
    after: object = None


def room_id_of(arn: str) -> str:
    """`arn:aws:ivschat:eu-west-1:123456789012:room/AbC123def456` → `AbC123def456`."""
    return arn.rpartition("/")[2]


def session_length(ban: Ban | None, now: datetime) -> timedelta:
    """How long a chat session may last: until a time-out is over, an hour at most.

    So that somebody who was timed out comes back with another token as soon as they may write.
    """
    if ban is None or ban.until is None:
        return MAX_SESSION
    return min(MAX_SESSION, max(MIN_SESSION, ban.until - now))


def followed_long_enough(
    followed_at: datetime | None, settings: ChatSettings, now: datetime
) -> bool:
    """Whether followers-only lets somebody write who has followed since then."""
    if settings.followers_only_minutes is None:
        return True
    wait = timedelta(minutes=settings.followers_only_minutes)
    return followed_at is not None and now - followed_at >= wait
