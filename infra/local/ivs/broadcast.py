"""One encoder's publication, from its accepted key to the last object of its recording.

Session Created → (first parts of every rung) Stream Start, Recording Start → (encoder gone)
Session Ended → (all is encoded) Stream End → (all is uploaded) Recording End.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.local.ivs.archive import Archive
from infra.local.ivs.config import Config
from infra.local.ivs.events import HEALTH_CHANGE, LIMIT_BREACH, STATE_CHANGE
from infra.local.ivs.health import BitrateWatch, resolution_breach
from infra.local.ivs.ids import Ids
from infra.local.ivs.ingest_facts import ingest_configuration
from infra.local.ivs.records import RecordingConfiguration
from infra.local.ivs.rtmp.publisher import Ended, EndReason, FlvTag, IngestFacts, PublishRequest
from infra.local.ivs.rtmp.sequence_headers import VideoFormat
from infra.local.ivs.sessions import Session, Sessions
from infra.local.ivs.timeline import Timeline
from infra.local.ivs.transcode import GaveUp, Transcode

__all__ = ["Broadcast", "BroadcastRoom"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BroadcastRoom:
    """What every broadcast works with."""

    config: Config
    sessions: Sessions
    archive: Archive
    ids: Ids
    clock: Callable[[], float]


class Broadcast:
    """A `Publication`. `left` is called once its channel may take another encoder."""

    def __init__(
        self,
        room: BroadcastRoom,
        session: Session,
        request: PublishRequest,
        recording: RecordingConfiguration | None,
        left: Callable[[], None],
    ) -> None:
        self.session = session
        self._room = room
        self._request = request
        self._recording = recording
        self._left = left
        self._claims: dict[str, object] = {}
        self._spool = room.archive.spool_of(session)
        self._transcode = Transcode(
            room.config, self._spool, recording, self._picture, self._progressed, room.clock
        )
        self._going_live: asyncio.Task[None] | None = None
        self._scanning: asyncio.Task[None] | None = None
        self._bitrate = BitrateWatch(room.config.bitrate_limit_bps)
        self._over = False

    @property
    def timelines(self) -> dict[str, Timeline]:
        return self._transcode.timelines

    @property
    def transcode(self) -> Transcode:
        return self._transcode

    @property
    def live(self) -> bool:
        return self.session.live

    def facts(self) -> IngestFacts:
        return self._request.connection.facts()

    def disconnect(self, reason: str) -> None:
        self._request.connection.disconnect(reason)

    async def metadata(self, values: Mapping[str, object]) -> None:
        """See `Publication`."""
        self._claims |= values
        self._transcode.claim(values)

    async def write(self, tag: FlvTag) -> None:
        """See `Publication`."""
        try:
            await self._transcode.write(tag)
        except GaveUp as gave_up:
            _LOG.error("%s: %s", self.session.stream_id, gave_up)
            self.disconnect(str(gave_up))

    async def ended(self, ended: Ended) -> None:
        """See `Publication`: brings the session to its end."""
        _LOG.info("%s ended: %s %s", self.session.stream_id, ended.reason, ended.detail)
        self._over = True
        try:
            self._tell_end(ended)
        finally:
            self._left()
            await self._wind_up(stopping=ended.reason is EndReason.SERVER_STOPPED)

    def tick(self) -> None:
        """Look at the stream's health; called a few times a second."""
        if self._over:
            return
        facts = self.facts()
        if self.live:
            self._watch_starvation(facts)
        elif self._room.clock() - self.session.created_at > self._room.config.start_limit_seconds:
            self.disconnect("nothing to show came in time")
        if (excess := self._bitrate.excess(facts.video_bits_per_s + facts.audio_bits_per_s)) > 0:
            detail = {
                "limit_name": "Ingest Bitrate",
                "limit_value": self._room.config.bitrate_limit_bps,
                "exceeded_by": round(excess),
                "limit_unit": "bits per second",
            }
            self._room.sessions.record(self.session, (LIMIT_BREACH, detail))
        if self.session.recording and (self._scanning is None or self._scanning.done()):
            self._scanning = asyncio.create_task(self._room.archive.scan(self.session))

    def _picture(self) -> VideoFormat | None:
        return self.facts().video

    async def _progressed(self) -> None:
        if self._going_live is None and self._transcode.playable and not self._over:
            self._going_live = asyncio.create_task(self._go_live())

    async def _go_live(self) -> None:
        session = self.session
        session.started_at = self._room.clock()
        session.ingest = self._ingest()
        self._room.sessions.record(session, (STATE_CHANGE, {"event_name": "Stream Start"}))
        if self._recording is not None:
            await self._room.archive.begin(session, self._recording, self._transcode)

    def _ingest(self) -> dict[str, object]:
        facts = self.facts()
        return ingest_configuration(
            self._claims,
            self._request.encoder,
            self._transcode.video_header,
            facts.video,
            facts.audio,
        )

    def _watch_starvation(self, facts: IngestFacts) -> None:
        starving = facts.video_gap_s > self._room.config.starvation_seconds
        if starving != self.session.starving:
            self.session.starving = starving
            name = "Starvation Start" if starving else "Starvation End"
            self._room.sessions.record(self.session, (HEALTH_CHANGE, {"event_name": name}))

    def _tell_end(self, ended: Ended) -> None:
        session = self.session
        session.disconnected_at = self._room.clock()
        session.ingest = self._ingest() or session.ingest
        happened = [(STATE_CHANGE, {"event_name": "Session Ended"})]
        breach = resolution_breach(self.facts().video)
        if ended.reason is EndReason.UNSUPPORTED_MEDIA and breach:
            happened.insert(0, (LIMIT_BREACH, breach))
        self._room.sessions.record(session, *happened)

    async def _wind_up(self, *, stopping: bool) -> None:
        session = self.session
        await self._transcode.finish()
        if self._going_live is None and self._transcode.playable:
            # Shorter than a part: it was there to watch all the same.
            self._going_live = asyncio.create_task(self._go_live())
        waited = [task for task in (self._going_live, self._scanning) if task]
        for outcome in await asyncio.gather(*waited, return_exceptions=True):
            if isinstance(outcome, BaseException):
                _LOG.error("%s", session.stream_id, exc_info=outcome)
        if session.started_at is not None:
            session.ended_at = self._room.clock()
            self._room.sessions.record(session, (STATE_CHANGE, {"event_name": "Stream End"}))
        await self._room.archive.end(session, stopping=stopping)
