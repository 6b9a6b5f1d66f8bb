"""The chat beside a replay: what was said while it was live, in the replay's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from socialflow.chat.log_repository import LogRepository
from socialflow.chat.message import (
    Message,
    NoMessage,
    moment_at,
    nine_digits,
    offset_at,
    sortable_moment,
    span_of,
)
from socialflow.platform.cursors import CursorInvalid
from socialflow.platform.principal import Principal
from socialflow.videos.facade import ReplayDirectory

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """A message, and where in the replay it stands."""

    message: Message
    offset_ms: int


class ReplayChatService:
    """Read-only, for whoever may watch the replay."""

    def __init__(self, log: LogRepository, *, replays: ReplayDirectory) -> None:
        self._log = log
        self._replays = replays

    def page(
        self,
        viewer: Principal | None,
        video_id: str,
        *,
        from_ms: int,
        after: str | None,
        limit: int,
    ) -> tuple[Sequence[ReplayedMessage], str | None]:
        """Messages from `from_ms` on, or after the position of a page before.

        Looks at one day's messages, so a page can be short or empty and have a next one. Raises
        `VideoNotFound` for who may not watch.
        """
        replay = self._replays.for_viewer(viewer, video_id)
        span = span_of(replay.sessions)
        begin = moment_at(replay.sessions, from_ms)
        if span is None or begin is None:
            return (), None
        # The sort key is the moment and the id, so the moment alone comes before its messages.
        position = max(_checked(after) if after else "", nine_digits(max(begin, span[0])))
        last = nine_digits(span[1])
        found, more = self._log.of_day(replay.owner_id, position[:10], after=position, limit=limit)
        messages = [message for message in found if message.sent_at <= last]
        hidden = self._log.deleted(replay.owner_id, [message.id for message in messages])
        shown = [
            ReplayedMessage(message, offset_at(replay.sessions, message.moment))
            for message in messages
            if message.id not in hidden
        ]
        return shown, _next_position(position, found, more=more, last=last)


def _next_position(position: str, found: Sequence[Message], *, more: bool, last: str) -> str | None:
    if found and found[-1].sent_at > last:
        return None
    if more:
        return f"{found[-1].sent_at}#{found[-1].id}"
    if position[:10] >= last[:10]:
        return None
    return _next_day(position)


def _next_day(position: str) -> str:
    tomorrow = date.fromisoformat(position[:10]) + _DAY
    return f"{tomorrow.isoformat()}T00:00:00.000000000Z"


def _checked(position: str) -> str:
    """A position that this list gave out; raises `CursorInvalid`."""
    try:
        sortable_moment(position.partition("#")[0])
    except NoMessage as error:
        raise CursorInvalid("This cursor is not valid; start again without one.") from error
    return position
