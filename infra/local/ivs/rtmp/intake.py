"""Audio and video messages into tags: checked, put on the session's time, measured."""

from __future__ import annotations

import logging
from collections.abc import Callable

from infra.local.ivs.rtmp.errors import UnsupportedMedia
from infra.local.ivs.rtmp.facts import IngestFacts
from infra.local.ivs.rtmp.flv_bodies import (
    AUDIO_HEADER_BYTES,
    VIDEO_HEADER_BYTES,
    Body,
    read_audio,
    read_video,
)
from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.media import Codec, FlvTag
from infra.local.ivs.rtmp.messages import Message, MessageType
from infra.local.ivs.rtmp.meter import Meter
from infra.local.ivs.rtmp.nal_units import parameter_sets
from infra.local.ivs.rtmp.sequence_headers import VideoFormat, parse_audio, parse_video
from infra.local.ivs.rtmp.sps import parse_sps
from infra.local.ivs.rtmp.timeline import Timeline

__all__ = ["Intake"]

_LOG = logging.getLogger(__name__)
_JUMPS_LOGGED = 10


class Intake:
    """One publication's. Frames that come before their sequence header are left out."""

    def __init__(self, limits: IngestLimits, clock: Callable[[], float], name: str) -> None:
        self._limits = limits
        self._name = name
        self._timeline = Timeline(jump_ms=int(limits.jump_s * 1000))
        self._meter = Meter(clock, keyframe_s=limits.keyframe_s)
        self._length_bytes: int | None = None
        self._overdue = False

    @property
    def latest_ms(self) -> int:
        """The session's own time: the largest timestamp given out."""
        return self._timeline.latest_ms

    def take(self, message: Message) -> FlvTag | None:
        """The tag in an audio or video message; None where it carries nothing to pass on.

        Raises `UnsupportedMedia`.
        """
        if message.type_id == MessageType.VIDEO:
            codec, body = Codec.H264, read_video(message.payload)
            if body is not None and not self._check_video(message.payload, body):
                return None
        else:
            codec, body = Codec.AAC, read_audio(message.payload)
            if body is not None and not self._check_audio(message.payload, body):
                return None
        if body is None:
            return None
        tag = FlvTag(
            codec=codec,
            timestamp_ms=self._place(codec, body, message.timestamp_ms),
            body=message.payload,
            is_keyframe=body.is_keyframe,
            is_sequence_header=body.is_sequence_header,
        )
        self._meter.count(tag)
        self._report_keyframes()
        return tag

    def facts(self) -> IngestFacts:
        return self._meter.facts(timestamp_jumps=self._timeline.jumps)

    def _check_video(self, payload: bytes, body: Body) -> bool:
        """Whether a decoder can know what to do with it."""
        if body.is_sequence_header:
            configuration = parse_video(payload[VIDEO_HEADER_BYTES:])
            # In reverse, so that the first one is what is known of the picture.
            for each in reversed(configuration.formats):
                self._found(each)
            self._length_bytes = configuration.length_bytes
            return True
        if self._length_bytes is None:
            return False
        for unit in parameter_sets(
            payload, start=VIDEO_HEADER_BYTES, length_bytes=self._length_bytes
        ):
            self._found(parse_sps(unit))
        return True

    def _check_audio(self, payload: bytes, body: Body) -> bool:
        if body.is_sequence_header:
            self._meter.audio = parse_audio(payload[AUDIO_HEADER_BYTES:])
        return self._meter.audio is not None

    def _found(self, found: VideoFormat) -> None:
        """Known to `facts` even if it is refused."""
        self._meter.video = found
        longer, shorter = max(found.width, found.height), min(found.width, found.height)
        limits = self._limits
        if longer > limits.longer_edge or shorter > limits.shorter_edge:
            raise UnsupportedMedia(
                f"a picture of {found.width}x{found.height}; "
                f"{limits.longer_edge}x{limits.shorter_edge} at most"
            )

    def _place(self, codec: Codec, body: Body, timestamp_ms: int) -> int:
        if body.is_sequence_header:
            # ffmpeg and OBS send them with 0, wherever their clock is.
            return self._timeline.now(codec)
        jumps = self._timeline.jumps
        placed = self._timeline.place(codec, timestamp_ms)
        if jumps < self._timeline.jumps <= _JUMPS_LOGGED:
            _LOG.warning(
                "%s: %s timestamps jumped to %d ms; the stream goes on at %d ms",
                *(self._name, codec.name, timestamp_ms, placed),
            )
        return placed

    def _report_keyframes(self) -> None:
        overdue = self._meter.keyframe_overdue
        if overdue and not self._overdue:
            _LOG.warning("%s: no keyframe for %g s", self._name, self._limits.keyframe_s)
        self._overdue = overdue
