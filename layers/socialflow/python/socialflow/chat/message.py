"""Messages as IVS Chat logs them, and where they stand in a replay. Pure rules, no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from socialflow.chat.models import Role
from socialflow.platform.clock import to_rfc3339

# People see the picture some seconds late, so they still speak of the end when it is over.
AFTERTALK: Final = timedelta(seconds=10)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


class NoMessage(ValueError):
    """What the log has is not a message as IVS Chat writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that was delivered. `sent_at` is RFC 3339 in UTC with nine digits, so it sorts."""

    id: str
    sent_at: str
    sender_id: str
    handle: str
    display_name: str
    role: Role
    content: str

    @property
    def moment(self) -> datetime:
        """When it was sent, to the microsecond."""
        return datetime.fromisoformat(f"{self.sent_at[:26]}+00:00")


class Session(Protocol):
    """A part of a replay: the moment of its first frame, and where it is in the replay."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def offset_ms(self) -> int: ...
    @property
    def duration_ms(self) -> int: ...


def message_of(payload: Any) -> Message:
    """Reads the `payload` of a logged message; raises `NoMessage`.

    The format is what a client receives ("Message (Subscribe)", IVS Chat Messaging API).
    """
    try:
        sender = payload["Sender"]
        attributes = sender.get("Attributes") or {}
        return Message(
            id=_text(payload["Id"]),
            sent_at=sortable_moment(_text(payload["SendTime"])),
            sender_id=_text(sender["UserId"]),
            handle=str(attributes.get("handle", "")),
            display_name=str(attributes.get("display_name", "")),
            role=_role(attributes.get("role")),
            content=_text(payload["Content"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise NoMessage(f"not a message: {error!r}") from error


def sortable_moment(text: str) -> str:
    """The moment with nine digits of a second; raises `NoMessage`."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise NoMessage("not a moment in UTC")
    try:
        datetime.fromisoformat(found[1])
    except ValueError as error:
        raise NoMessage("no such moment") from error
    return f"{found[1]}.{(found[2] or '').ljust(9, '0')}Z"


def nine_digits(moment: datetime) -> str:
    """A moment as messages have it."""
    text = to_rfc3339(moment)
    return f"{text[:20]}{moment.microsecond:06d}000Z"


def span_of(sessions: Sequence[Session]) -> tuple[datetime, datetime] | None:
    """The first and the last moment whose messages belong to a replay; None without sessions."""
    if not sessions:
        return None
    return sessions[0].starts_at, _end(sessions[-1]) + AFTERTALK


def offset_at(sessions: Sequence[Session], moment: datetime) -> int:
    """Where in the replay a message stands.

    What was said while the stream was away stands at the seam, where it came back; what was said
    just after the end stands at the end. Offsets grow as moments do.
    """
    offset = 0
    for session in sessions:
        if moment < session.starts_at:
            return session.offset_ms
        within = (moment - session.starts_at) // _MILLISECOND
        offset = session.offset_ms + min(within, session.duration_ms)
        if within <= session.duration_ms:
            return offset
    return offset


def moment_at(sessions: Sequence[Session], offset_ms: int) -> datetime | None:
    """The first moment whose messages stand at `offset_ms` or later; None beyond the end."""
    for place, session in enumerate(sessions):
        if offset_ms <= session.offset_ms:
            # At a seam, what was said since the end of the session before stands there, too.
            return _end(sessions[place - 1]) if place else session.starts_at
        if offset_ms <= session.offset_ms + session.duration_ms:
            return session.starts_at + timedelta(milliseconds=offset_ms - session.offset_ms)
    return None


def _end(session: Session) -> datetime:
    return session.starts_at + timedelta(milliseconds=session.duration_ms)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise NoMessage("a text is missing")
    return value


def _role(value: object) -> Role:
    try:
        return Role(str(value))
    except ValueError:
        return Role.MEMBER
