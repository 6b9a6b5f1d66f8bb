"""A broadcast told in numbers to its creator, during and after it.

Three reads: one query for all that was counted (`AudienceRepository.history`), one of the
channel, and where there was a session one each of CloudWatch and IVS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import Final

from socialflow.live.audience_repository import AudienceRepository, History, Point, moment_of
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.counting import slot_of
from socialflow.live.errors import BroadcastNotFound
from socialflow.live.ivs import Ingest, Ivs
from socialflow.live.measurements import Health, Measurements, Sample
from socialflow.live.models import Broadcast, Channel
from socialflow.live.sessions import Incident, Session
from socialflow.platform.clock import Clock
from socialflow.platform.principal import Principal

MAX_POINTS: Final = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewersAt:
    """The most viewers of a time that begins at `at`."""

    at: datetime
    count: int
    ivs_count: int | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytics:
    """All that is told of a broadcast."""

    broadcast: Broadcast
    viewers: tuple[ViewersAt, ...]
    unique_viewers: int
    average_viewers: float
    health: Health | None
    dropped_frames: tuple[Sample, ...]
    ingest: Ingest | None
    incidents: tuple[Incident, ...]
    sessions: tuple[Session, ...]


class AnalyticsService:
    """Reads what a broadcast's creator may know of it."""

    def __init__(
        self,
        audience: AudienceRepository,
        channels: ChannelRepository,
        *,
        ivs: Ivs,
        measurements: Measurements,
        clock: Clock,
    ) -> None:
        self._audience = audience
        self._channels = channels
        self._ivs = ivs
        self._measurements = measurements
        self._clock = clock

    def of(self, owner: Principal, broadcast_id: str) -> Analytics:
        """A broadcast's numbers. Raises `BroadcastNotFound`, `LiveUnavailable`."""
        history = self._audience.history(broadcast_id)
        if history is None or history.broadcast.owner_id != owner.user_id:
            raise BroadcastNotFound(broadcast_id)
        broadcast = history.broadcast
        counted = _counted(history)
        channel = self._channels.get(broadcast.channel_id)
        watched = [each for each in broadcast.in_order if each.began_at]
        health, ingest = self._ingest(channel, broadcast, watched)
        return Analytics(
            broadcast=broadcast,
            viewers=viewers_over_time(counted),
            unique_viewers=history.uniques.count(),
            average_viewers=average(counted),
            health=health,
            dropped_frames=dropped_frames(health, ingest) if health else (),
            ingest=ingest,
            incidents=broadcast.incidents,
            sessions=tuple(watched),
        )

    def _ingest(
        self, channel: Channel | None, broadcast: Broadcast, watched: Sequence[Session]
    ) -> tuple[Health | None, Ingest | None]:
        began = broadcast.started_at
        if channel is None or channel.ivs is None or not watched or began is None:
            return None, None
        now = self._clock()
        ended = broadcast.ended_at or now
        health = self._measurements.health(channel.ivs.arn, began, ended, now)
        session = self._ivs.session(channel.ivs.arn, watched[-1].stream_id)
        return health, session.ingest if session else None


def viewers_over_time(points: Sequence[Point]) -> tuple[ViewersAt, ...]:
    """The points, as few as fit: of neighbours that are put together the greatest counts."""
    if not points:
        return ()
    span = points[-1].slot - points[0].slot + 1
    width = -(-span // MAX_POINTS)
    first = points[0].slot
    together = groupby(points, key=lambda each: (each.slot - first) // width)
    return tuple(_greatest(first + place * width, list(found)) for place, found in together)


def average(points: Sequence[Point]) -> float:
    """The mean over the slots that were counted."""
    counted = [each.viewers for each in points if each.viewers is not None]
    return round(sum(counted) / len(counted), 2) if counted else 0.0


def dropped_frames(health: Health, ingest: Ingest | None) -> tuple[Sample, ...]:
    """Frames that should have come and did not, for each sample of the frame rate.

    What should have come is the rate that the encoder announced, or the usual one (the median)
    where it announced none.
    """
    rates = health.series.get("frame_rate", ())
    if not rates:
        return ()
    announced = ingest.frame_rate if ingest else None
    expected = announced or median(sample.value for sample in rates)
    return tuple(
        Sample(
            at=sample.at,
            value=float(max(0, round((expected - sample.value) * health.period_seconds))),
        )
        for sample in rates
    )


def _counted(history: History) -> tuple[Point, ...]:
    """The points from the beginning on: IVS may have counted viewers of a session before it."""
    began = history.broadcast.started_at
    if began is None:
        return ()
    return tuple(each for each in history.points if each.slot >= slot_of(began))


def _greatest(slot: int, points: list[Point]) -> ViewersAt:
    ivs = [each.ivs_viewers for each in points if each.ivs_viewers is not None]
    latencies = [each.latency_ms for each in points if each.latency_ms is not None]
    return ViewersAt(
        at=moment_of(slot),
        count=max((each.viewers or 0 for each in points), default=0),
        ivs_count=max(ivs, default=None),
        latency_ms=int(median(latencies)) if latencies else None,
    )
