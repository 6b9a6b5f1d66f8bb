"""Tags of one publication into renditions: when an encoder starts, is fed, is lost and replaced.

An encoder starts at a keyframe, once the picture's format is known and it is clear whether there
is sound. A lost encoder is replaced at the next keyframe; players see a discontinuity.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from infra.local.ivs.config import Config
from infra.local.ivs.encoder import Encoder, EncoderFailed
from infra.local.ivs.encoder_command import EncodePlan, Stills
from infra.local.ivs.fragments import Fragment, Initialization
from infra.local.ivs.ingest_facts import frame_rate_of, says_it_is_silent
from infra.local.ivs.ladder import Rung, ladder_of, rung_of_class
from infra.local.ivs.records import RecordingConfiguration
from infra.local.ivs.rtmp.flv import flv_header, flv_tag
from infra.local.ivs.rtmp.media import Codec, FlvTag
from infra.local.ivs.rtmp.sequence_headers import VideoFormat
from infra.local.ivs.spool import Spool
from infra.local.ivs.timeline import Timeline, TimelineShape

__all__ = ["GaveUp", "Transcode", "recorded_rungs"]

_LOG = logging.getLogger(__name__)
_MOST_HELD_BYTES = 16 * 1024**2
_FINISH_SECONDS = 5.0


class GaveUp(Exception):
    """No encoder stays alive on this stream."""


@dataclass(frozen=True, slots=True)
class _Held:
    came_at: float
    tag: FlvTag


class Transcode:
    """Belongs to the event loop. `picture` tells the format once a video header was written."""

    def __init__(
        self,
        config: Config,
        spool: Spool,
        recording: RecordingConfiguration | None,
        picture: Callable[[], VideoFormat | None],
        progressed: Callable[[], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self.rungs: tuple[Rung, ...] = ()
        self.timelines: dict[str, Timeline] = {}
        self.frame_rate = config.max_frame_rate
        self.has_sound = False
        self.first_frame_at: float | None = None
        self._config = config
        self._spool = spool
        self._recording = recording
        self._picture = picture
        self._progressed = progressed
        self._clock = clock
        self._claims: Mapping[str, object] = {}
        self._headers: dict[Codec, FlvTag] = {}
        self._held: deque[_Held] = deque()
        self._held_bytes = 0
        self._encoder: Encoder | None = None
        self._epoch = 0.0
        self._starts: deque[float] = deque(maxlen=config.max_encoder_starts)

    @property
    def playable(self) -> bool:
        return bool(self.timelines) and all(one.playable for one in self.timelines.values())

    @property
    def video_header(self) -> FlvTag | None:
        return self._headers.get(Codec.H264)

    def claim(self, values: Mapping[str, object]) -> None:
        self._claims = {**self._claims, **values}

    async def write(self, tag: FlvTag) -> None:
        """Returns when the next tag may come. Raises `GaveUp`."""
        if tag.is_sequence_header:
            self._headers[tag.codec] = tag
        if self._encoder is not None:
            if tag.is_sequence_header and tag.codec is Codec.AAC and not self.has_sound:
                # Sound that begins later needs an encoder that knows of it.
                await self._close_encoder()
            else:
                await self._feed(flv_tag(tag))
                return
        if not tag.is_sequence_header:
            self._hold(tag)
        if self._may_start():
            await self._start()

    async def finish(self) -> None:
        """Let the encoder write what it has; the playlists end."""
        if self._encoder is None and self._held and self.video_header and not self.rungs:
            # Shorter than the wait for sound.
            await self._start()
        await self._close_encoder()
        for timeline in self.timelines.values():
            await timeline.end()

    def lost_encoder(self) -> bool:
        """Whether ffmpeg ended by itself."""
        return self._encoder is not None and not self._encoder.running

    def _hold(self, tag: FlvTag) -> None:
        if not self._held and not (tag.codec is Codec.H264 and tag.is_keyframe):
            return
        self._held.append(_Held(self._clock(), tag))
        self._held_bytes += len(tag.body)
        if self._held_bytes > _MOST_HELD_BYTES:
            self._forget_held()

    def _forget_held(self) -> None:
        self._held.clear()
        self._held_bytes = 0

    def _may_start(self) -> bool:
        if not self._held or self.video_header is None or self._picture() is None:
            return False
        if Codec.AAC in self._headers or says_it_is_silent(self._claims):
            return True
        waited_ms = self._held[-1].tag.timestamp_ms - self._held[0].tag.timestamp_ms
        return waited_ms >= 1000 * self._config.start_wait_seconds

    async def _start(self) -> None:
        now = self._clock()
        if len(self._starts) == self._starts.maxlen and now - self._starts[0] < 60:
            raise GaveUp("the encoder failed too often")
        self._starts.append(now)
        self._choose_rungs()
        self.has_sound = Codec.AAC in self._headers
        plan = self._plan()
        self._epoch = self._held[0].came_at
        self.first_frame_at = self.first_frame_at or self._epoch
        self._encoder = await Encoder.start(
            self._config.ffmpeg, plan, self._spool.new_run(), self._receive
        )
        wanted = [Codec.H264, Codec.AAC] if self.has_sound else [Codec.H264]
        first = [flv_header(audio=self.has_sound)]
        first += [_at_start(self._headers[codec], self._held[0].tag) for codec in wanted]
        first += [flv_tag(held.tag) for held in self._held if held.tag.codec in wanted]
        self._forget_held()
        await self._feed(b"".join(first))

    def _choose_rungs(self) -> None:
        """Once a stream: players keep to the addresses they were given."""
        video = self._picture()
        if self.rungs or video is None:
            return
        rate = frame_rate_of(self._claims, video) or self._config.max_frame_rate
        self.frame_rate = max(1, min(round(rate), self._config.max_frame_rate))
        self.rungs = ladder_of(
            video.width,
            video.height,
            self.frame_rate,
            top=self._config.top_rung,
            most=self._config.max_rungs,
        )
        shape = TimelineShape(
            segment=self._config.segment_seconds,
            part=self._config.part_seconds,
            # A part ends with a frame: those of slow pictures are longer.
            part_target=round(self._config.part_seconds + 1 / self.frame_rate + 0.01, 2),
            window=self._config.window_segments,
            kept=self._config.kept_segments,
        )
        self.timelines = {rung.name: Timeline(rung.name, shape) for rung in self.rungs}
        for timeline in self.timelines.values():
            timeline.reports = self.timelines

    def _plan(self) -> EncodePlan:
        stills = None
        thumbnails = self._recording.thumbnails() if self._recording else None
        if thumbnails:
            size = rung_of_class(self.rungs, thumbnails.resolution)
            stills = Stills(
                size.width, size.height, thumbnails.interval_seconds, self._spool.next_still()
            )
        return EncodePlan(
            rungs=self.rungs,
            has_sound=self.has_sound,
            max_frame_rate=self._config.max_frame_rate,
            keyframe_seconds=self._config.segment_seconds,
            recording_segment_seconds=self._config.recording_segment_seconds,
            recorded={
                rung.name: len(self._spool.segments(rung.name))
                for rung in recorded_rungs(self.rungs, self._recording)
            },
            stills=stills,
        )

    async def _feed(self, data: bytes) -> None:
        if self._encoder is None:
            return
        try:
            await self._encoder.feed(data, self._config.encoder_stall_seconds)
        except EncoderFailed as failed:
            _LOG.warning("%s: %s; the next keyframe gets a new one", self._spool.folder, failed)
            encoder, self._encoder = self._encoder, None
            await encoder.kill()
            await asyncio.to_thread(self._spool.salvage)

    async def _close_encoder(self) -> None:
        encoder, self._encoder = self._encoder, None
        if encoder is not None and not await encoder.finish(_FINISH_SECONDS):
            await asyncio.to_thread(self._spool.salvage)

    async def _receive(self, position: int, piece: Initialization | Fragment) -> None:
        timeline = self.timelines[self.rungs[position].name]
        if isinstance(piece, Initialization):
            await timeline.begin_run(piece, self._epoch)
        else:
            await timeline.add(piece)
            await self._progressed()


def recorded_rungs(
    rungs: tuple[Rung, ...], recording: RecordingConfiguration | None
) -> tuple[Rung, ...]:
    """By renditionConfiguration; of a class that is not there, the next below."""
    if recording is None:
        return ()
    wanted = recording.rendition_configuration
    if wanted.get("renditionSelection", "ALL") == "ALL":
        return rungs
    chosen = {rung_of_class(rungs, one) for one in wanted.get("renditions", [])}
    return tuple(rung for rung in rungs if rung in chosen) or rungs[:1]


def _at_start(header: FlvTag, first: FlvTag) -> bytes:
    """A kept header, as if it had come just before."""
    return flv_tag(FlvTag(header.codec, first.timestamp_ms, header.body, header.is_keyframe, True))
