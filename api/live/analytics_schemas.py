"""How a broadcast's numbers are presented to its creator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from socialflow.live.analytics import Analytics
from socialflow.live.ivs import Ingest
from socialflow.live.measurements import METRICS, Sample
from socialflow.live.sessions import IncidentKind


class ViewersPoint(BaseModel):
    """The most viewers of the time from `at` to the next point."""

    at: datetime
    count: int = Field(description="By heartbeats of our players.")
    ivs_count: int | None = Field(description="As IVS counts players.")
    latency_ms: int | None = Field(description="The median delay behind the encoder.")


class SamplePoint(BaseModel):
    """The average of the time from `at` to the next point."""

    at: datetime
    value: float


class StreamHealth(BaseModel):
    """The encoder's stream over time."""

    period_seconds: int | None = Field(description="The time between points.")
    video_bitrate_bps: list[SamplePoint]
    audio_bitrate_bps: list[SamplePoint]
    frame_rate: list[SamplePoint]
    keyframe_interval_s: list[SamplePoint]
    dropped_frames: list[SamplePoint] = Field(description="Frames that should have come.")


class IngestBody(BaseModel):
    """What the encoder sends."""

    video_codec: str | None
    width: int | None
    height: int | None
    frame_rate: float | None
    audio_codec: str | None

    @classmethod
    def of(cls, ingest: Ingest) -> IngestBody:
        return cls(
            video_codec=ingest.video_codec,
            width=ingest.width,
            height=ingest.height,
            frame_rate=ingest.frame_rate,
            audio_codec=ingest.audio_codec,
        )


class StreamEvent(BaseModel):
    """Something that went wrong while streaming, or was right again."""

    at: datetime
    kind: IncidentKind
    text: str


class SessionTimes(BaseModel):
    """One connection of the encoder; `ended_at` is null while it lasts."""

    started_at: datetime
    ended_at: datetime | None


class BroadcastAnalytics(BaseModel):
    """A broadcast in numbers; at most 360 points of each kind, whatever its length."""

    viewers: list[ViewersPoint]
    peak_viewers: int
    unique_viewers: int = Field(description="Exact up to 400, then with a standard error of 1.6 %.")
    average_viewers: float
    health: StreamHealth
    ingest: IngestBody | None
    events: list[StreamEvent]
    sessions: list[SessionTimes]

    @classmethod
    def of(cls, found: Analytics) -> BroadcastAnalytics:
        series = found.health.series if found.health else {}
        return cls(
            viewers=[
                ViewersPoint(
                    at=each.at,
                    count=each.count,
                    ivs_count=each.ivs_count,
                    latency_ms=each.latency_ms,
                )
                for each in found.viewers
            ],
            peak_viewers=found.broadcast.peak_viewers,
            unique_viewers=found.unique_viewers,
            average_viewers=found.average_viewers,
            health=StreamHealth(
                period_seconds=found.health.period_seconds if found.health else None,
                dropped_frames=_points(found.dropped_frames),
                **{name: _points(series.get(name, ())) for name in METRICS},
            ),
            ingest=IngestBody.of(found.ingest) if found.ingest else None,
            events=[
                StreamEvent(at=each.at, kind=each.kind, text=each.text) for each in found.incidents
            ],
            sessions=[
                SessionTimes(started_at=each.began_at, ended_at=each.over_at)
                for each in found.sessions
                if each.began_at
            ],
        )


def _points(samples: Iterable[Sample]) -> list[SamplePoint]:
    return [SamplePoint(at=each.at, value=each.value) for each in samples]
