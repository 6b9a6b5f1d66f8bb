"""Polls: what they ask, when they close, and how their counts are told. Pure rules, no I/O."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from socialflow.chat.errors import PollTooLong
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.principal import UserId

POLL_ID_PREFIX: Final = "pol"
# Each takes some 500 votes a second: a transaction writes its item at twice the price.
SHARDS: Final = 8
MAX_QUESTION_CHARACTERS: Final = 140
MAX_OPTION_CHARACTERS: Final = 60
EVENT_NAME: Final = "socialflow:poll"
EVENT_ATTRIBUTE: Final = "poll"
# IVS Chat takes 1 KB of attributes with an event; some room is left for names and larger counts.
MAX_EVENT_BYTES: Final = 980
_LARGEST_COUNT: Final = 9_999_999


class PollState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll and its counts, in the order of its options."""

    id: str
    owner_id: UserId
    question: str
    options: tuple[str, ...]
    opened_by: UserId
    opened_at: datetime
    closes_at: datetime
    votes: tuple[int, ...]

    def state(self, now: datetime) -> PollState:
        return PollState.OPEN if now < self.closes_at else PollState.CLOSED

    def digest(self, now: datetime) -> str:
        """What is announced of it; equal while there is nothing new to tell."""
        return f"{self.state(now)}:{','.join(map(str, self.votes))}"

    def announcement(self, now: datetime) -> str:
        """The JSON of the room's event: the poll as everybody sees it."""
        return _as_json(self, self.state(now))


def shard_of(user_id: str) -> int:
    """The counter that somebody's vote goes to: always the same one, so that a repeat meets it."""
    return hashlib.sha256(user_id.encode()).digest()[0] % SHARDS


def check_length(poll: Poll) -> None:
    """Raises `PollTooLong` where the poll, with many votes, would not fit into an event."""
    full = _as_json(poll, PollState.CLOSED, votes=_LARGEST_COUNT)
    if len(full.encode()) > MAX_EVENT_BYTES:
        raise PollTooLong(
            "The question and its options are too long together; shorten some.",
            max_event_bytes=MAX_EVENT_BYTES,
        )


def _as_json(poll: Poll, state: PollState, *, votes: int | None = None) -> str:
    options = [
        {"text": text, "votes": count if votes is None else votes}
        for text, count in zip(poll.options, poll.votes, strict=True)
    ]
    body = {
        "id": poll.id,
        "question": poll.question,
        "options": options,
        "opened_at": to_rfc3339(poll.opened_at),
        "closes_at": to_rfc3339(poll.closes_at),
        "state": state,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
