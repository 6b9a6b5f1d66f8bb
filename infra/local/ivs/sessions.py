"""Stream sessions: what happened on a channel, from an accepted key to the last recorded object.

A session's times only ever get filled in. Each change is one transaction with its event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.local.ivs.config import Config
from infra.local.ivs.events import event_entry, event_name
from infra.local.ivs.ladder import Rung
from infra.local.ivs.store import Store

__all__ = ["Recording", "RecordingState", "Session", "Sessions", "wire_time"]

_KIND = "session"
_MOST_EVENTS = 500


class RecordingState:
    """What a recording is; the values are kept."""

    STARTED = "started"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(slots=True)
class Recording:
    """`rungs` are those recorded, each with its `codecs`. Times are seconds since the epoch."""

    bucket: str
    prefix: str
    session_id: str
    started_at: float
    rungs: list[Rung]
    codecs: list[str]
    frame_rate: int
    thumbnails: dict[str, Any] | None
    state: str = RecordingState.STARTED
    duration_ms: int = 0

    @property
    def open(self) -> bool:
        return self.state == RecordingState.STARTED


@dataclass(slots=True)
class Session:
    """`channel` and `recording_configuration` are as GetStreamSession shows them."""

    stream_id: str
    channel_arn: str
    channel_name: str
    created_at: float
    channel: dict[str, Any]
    recording_configuration: dict[str, Any] | None = None
    ingest: dict[str, Any] | None = None
    started_at: float | None = None
    disconnected_at: float | None = None
    ended_at: float | None = None
    starving: bool = False
    recording: Recording | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done."""
        return (
            self.disconnected_at is not None
            and (self.started_at is None or self.ended_at is not None)
            and (self.recording is None or not self.recording.open)
        )

    @property
    def live(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    def summary(self) -> dict[str, Any]:
        """As StreamSessionSummary."""
        shown = {
            "streamId": self.stream_id,
            "startTime": wire_time(self.created_at),
            "hasErrorEvent": any("Failure" in one["name"] for one in self.events),
        }
        end = self.ended_at or self.disconnected_at
        return {**shown, "endTime": wire_time(end)} if end and not self.live else shown

    def to_wire(self) -> dict[str, Any]:
        """As StreamSession; the newest event first."""
        shown = self.summary()
        del shown["hasErrorEvent"]
        shown |= {
            "channel": self.channel,
            "truncatedEvents": [
                {**one, "eventTime": wire_time(one["eventTime"])} for one in reversed(self.events)
            ],
        }
        if self.ingest:
            shown["ingestConfiguration"] = self.ingest
        if self.recording_configuration:
            shown["recordingConfiguration"] = self.recording_configuration
        return shown


class Sessions:
    """Belongs to the event loop. `wake` is called when there are events to send."""

    def __init__(
        self, config: Config, store: Store, clock: Callable[[], float], wake: Callable[[], None]
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._wake = wake
        self._sessions = {one.stream_id: one for one in map(_loaded, store.load(_KIND))}

    def get(self, channel_arn: str, stream_id: str) -> Session | None:
        found = self._sessions.get(stream_id)
        return found if found and found.channel_arn == channel_arn else None

    def of_channel(self, channel_arn: str) -> list[Session]:
        """Newest first."""
        found = [one for one in self._sessions.values() if one.channel_arn == channel_arn]
        return sorted(found, key=lambda one: (one.created_at, one.stream_id), reverse=True)

    def unfinished(self) -> Iterator[Session]:
        """Oldest first: what an earlier server did not bring to its end."""
        left = [one for one in self._sessions.values() if not one.over]
        yield from sorted(left, key=lambda one: one.created_at)

    def begin(self, session: Session) -> None:
        """Take up a new session; `record` saves it."""
        self._sessions[session.stream_id] = session
        for old in self.of_channel(session.channel_arn)[self._config.max_kept_sessions :]:
            if old.over:
                del self._sessions[old.stream_id]
                self._store.forget(_KIND, old.stream_id)

    def record(self, session: Session, *happened: tuple[str, dict[str, Any]]) -> None:
        """Save the session with events (detail type, detail) that tell of its change."""
        now = self._clock()
        entries = [
            event_entry(
                kind,
                detail,
                channel_arn=session.channel_arn,
                channel_name=session.channel_name,
                stream_id=session.stream_id,
                now=now,
            )
            for kind, detail in happened
        ]
        session.events += [
            {
                "name": event_name(kind, detail),
                "type": kind,
                "eventTime": now,
                "code": detail.get("code", ""),
            }
            for kind, detail in happened
        ]
        del session.events[:-_MOST_EVENTS]
        self._store.save(_KIND, session.stream_id, asdict(session), entries)
        if entries:
            self._wake()


def wire_time(seconds: float) -> str:
    """RFC 3339 in whole seconds, as IVS answers."""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).isoformat().replace("+00:00", "Z")


def _loaded(body: dict[str, Any]) -> Session:
    recording = body.pop("recording")
    session = Session(**body)
    if recording:
        rungs = [Rung(**rung) for rung in recording.pop("rungs")]
        session.recording = Recording(rungs=rungs, **recording)
    return session
