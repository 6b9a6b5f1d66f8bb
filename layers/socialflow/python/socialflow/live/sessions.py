"""What IVS has said of one stream, and how two such accounts become one.

IVS's events are sent at best effort: lost, doubled, in any order. So each is read as a partial
account of its stream, and accounts are merged: the earliest start, the latest end, the recording
that is furthest. `merged` is commutative, associative and idempotent, so whatever arrives in
whatever order and however often, the same facts make the same session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

MAX_INCIDENTS: Final = 100
MAX_SESSIONS: Final = 50


class RecordingStatus(IntEnum):
    """How far a recording is; the higher is the later."""

    STARTED = 1
    FAILED = 2
    ENDED = 3


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Recording:
    """Where IVS records a stream to, below `key_prefix` of the bucket.

    The order of the fields is the order of recordings: of two accounts the greater is kept.
    `started_at` is when the first frame was recorded; `duration_ms` is 0 until it has ended.
    """

    status: RecordingStatus
    duration_ms: int
    bucket: str
    key_prefix: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One stream. A partial account has None where it says nothing.

    `started_at` and `ended_at` are from when to when there was something to watch,
    `disconnected_at` is when the encoder went. `failed` is IVS's own failure.
    """

    stream_id: str
    started_at: datetime | None = None
    disconnected_at: datetime | None = None
    ended_at: datetime | None = None
    failed: bool = False
    recording: Recording | None = None

    @property
    def began_at(self) -> datetime | None:
        """When it could first be watched; None while nothing says that it ever could."""
        recorded = self.recording.started_at if self.recording else None
        return self.started_at or recorded or self.ended_at

    @property
    def over_at(self) -> datetime | None:
        """When it was over; None while it goes on or nothing is known of its end."""
        return _latest(self.disconnected_at, self.ended_at)

    @property
    def is_running(self) -> bool:
        """Whether it can be watched now, as far as is known."""
        return self.began_at is not None and self.over_at is None and not self.is_recorded

    @property
    def is_recorded(self) -> bool:
        """Whether its recording is whole."""
        return self.recording is not None and self.recording.status is RecordingStatus.ENDED

    @property
    def concerns(self) -> datetime | None:
        """The earliest moment that it tells of."""
        return _earliest(self.began_at, self.disconnected_at)


class IncidentKind(StrEnum):
    """What went wrong while streaming, or was right again."""

    STARVATION_START = "starvation_start"
    STARVATION_END = "starvation_end"
    STREAM_FAILURE = "stream_failure"
    LIMIT_BREACH = "limit_breach"
    RECORDING_FAILURE = "recording_failure"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Incident:
    """Something that the creator should know of the stream."""

    at: datetime
    kind: IncidentKind
    text: str


def merged(one: Session, other: Session) -> Session:
    """What both accounts of a stream say together."""
    if one.stream_id != other.stream_id:
        raise ValueError(f"{one.stream_id} and {other.stream_id} are two streams")
    recordings = [each.recording for each in (one, other) if each.recording]
    return Session(
        stream_id=one.stream_id,
        started_at=_earliest(one.started_at, other.started_at),
        disconnected_at=_latest(one.disconnected_at, other.disconnected_at),
        ended_at=_latest(one.ended_at, other.ended_at),
        failed=one.failed or other.failed,
        recording=max(recordings, default=None),
    )


def merged_incidents(one: Iterable[Incident], other: Iterable[Incident]) -> tuple[Incident, ...]:
    """Both lists as one, in order of time; the latest `MAX_INCIDENTS` are kept."""
    return tuple(sorted({*one, *other})[-MAX_INCIDENTS:])


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each), default=None)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((each for each in moments if each), default=None)
