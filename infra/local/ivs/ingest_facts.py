"""What GetStreamSession says of an encoder's stream: its formats, and what it claims of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.ivs.rtmp.publisher import FlvTag
from infra.local.ivs.rtmp.sequence_headers import AudioFormat, VideoFormat

__all__ = ["claimed_number", "frame_rate_of", "ingest_configuration", "says_it_is_silent"]

_AUDIO_CODECS = {"AAC-LC": "mp4a.40.2", "HE-AAC": "mp4a.40.5", "HE-AACv2": "mp4a.40.29"}
_AVC_RECORD = 5
"""Where the AVCDecoderConfigurationRecord begins in a tag's body."""


def claimed_number(claims: Mapping[str, object], name: str, most: float) -> float | None:
    """A number of `onMetaData` that is positive and no nonsense."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= most else None


def frame_rate_of(claims: Mapping[str, object], video: VideoFormat | None) -> float | None:
    """Claimed, or by the stream's timing information."""
    return claimed_number(claims, "framerate", 240) or (video.frame_rate if video else None)


def says_it_is_silent(claims: Mapping[str, object]) -> bool:
    """Whether metadata came that names a picture and no sound."""
    return "videocodecid" in claims and not claims.get("audiocodecid")


def audio_codec(audio: AudioFormat | None) -> str:
    """RFC 6381."""
    return _AUDIO_CODECS.get(audio.profile if audio else "", "mp4a.40.2")


def ingest_configuration(
    claims: Mapping[str, object],
    encoder: str,
    video_header: FlvTag | None,
    video: VideoFormat | None,
    audio: AudioFormat | None,
) -> dict[str, Any]:
    """As IngestConfiguration; what nobody said is left out."""
    shown: dict[str, Any] = {}
    if video is not None and video_header is not None:
        record = video_header.body[_AVC_RECORD:]
        said = claims.get("encoder")
        rate = frame_rate_of(claims, video)
        shown["video"] = {
            "avcProfile": video.profile,
            "avcLevel": video.level,
            "codec": f"avc1.{record[1:4].hex().upper()}",
            "encoder": (said if isinstance(said, str) and said else encoder)[:128],
            "videoWidth": video.width,
            "videoHeight": video.height,
            **_rounded("targetBitrate", claimed_number(claims, "videodatarate", 1e6), 1000),
            **_rounded("targetFramerate", rate, 1),
        }
    if audio is not None:
        shown["audio"] = {
            "codec": audio_codec(audio),
            "sampleRate": audio.sample_rate,
            "channels": audio.channels,
            **_rounded("targetBitrate", claimed_number(claims, "audiodatarate", 1e5), 1000),
        }
    return shown


def _rounded(name: str, value: float | None, factor: int) -> dict[str, int]:
    return {} if value is None else {name: round(value * factor)}
