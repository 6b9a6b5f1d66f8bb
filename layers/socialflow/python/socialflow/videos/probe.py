"""What the uploaded file really is, read from MediaConvert's answer to `Probe`.

Pure: takes the response as boto3 returns it (`ProbeResponseTypeDef`), promises a `SourceInfo`
that every later step can trust, or raises `SourceRejected` with the code the creator sees. Field
names and enumerations: MediaConvert API reference, `ProbeResult`, `Container`, `Track`,
`VideoProperties`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from socialflow.videos.failures import FailureCode, SourceRejected

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import (
        AspectRatioTypeDef,
        ContainerTypeDef,
        FrameRateTypeDef,
        ProbeResponseTypeDef,
        TrackTypeDef,
        VideoPropertiesTypeDef,
    )

__all__ = [
    "MAX_DURATION_MS",
    "MAX_FRAME_EDGE",
    "MIN_FRAME_EDGE",
    "ContainerFamily",
    "SourceInfo",
    "declared_family",
    "probe_source",
]

MAX_FRAME_EDGE = 8192
"""Pixels; MediaConvert's own limit for a side of an input or output frame."""
MIN_FRAME_EDGE = 32
"""Pixels; the smallest side MediaConvert writes."""
MAX_DURATION_MS = 12 * 60 * 60 * 1000
_ASSUMED_FRAME_RATE = Fraction(30)
_UNREADABLE_CODECS = frozenset({"UNKNOWN", "VFW"})


class ContainerFamily(StrEnum):
    """Containers that players and cameras name interchangeably."""

    ISO_BASE_MEDIA = "iso_base_media"
    MATROSKA = "matroska"
    MPEG = "mpeg"
    AVI = "avi"
    ASF = "asf"
    OGG = "ogg"
    MXF = "mxf"
    AUDIO = "audio"
    OTHER = "other"


_FAMILY_OF_FORMAT = {
    "mp4": ContainerFamily.ISO_BASE_MEDIA,
    "quicktime": ContainerFamily.ISO_BASE_MEDIA,
    "three_gp": ContainerFamily.ISO_BASE_MEDIA,
    "three_g2": ContainerFamily.ISO_BASE_MEDIA,
    "matroska": ContainerFamily.MATROSKA,
    "webm": ContainerFamily.MATROSKA,
    "mpegts": ContainerFamily.MPEG,
    "mpegps": ContainerFamily.MPEG,
    "avi": ContainerFamily.AVI,
    "asf": ContainerFamily.ASF,
    "ogg": ContainerFamily.OGG,
    "mxf": ContainerFamily.MXF,
    "wave": ContainerFamily.AUDIO,
    "mp3": ContainerFamily.AUDIO,
    "flac": ContainerFamily.AUDIO,
    "aac": ContainerFamily.AUDIO,
    "ac3": ContainerFamily.AUDIO,
    "eac3": ContainerFamily.AUDIO,
}

_FAMILY_OF_TYPE = {
    "video/mp4": ContainerFamily.ISO_BASE_MEDIA,
    "video/quicktime": ContainerFamily.ISO_BASE_MEDIA,
    "video/m4v": ContainerFamily.ISO_BASE_MEDIA,
    "video/x-m4v": ContainerFamily.ISO_BASE_MEDIA,
    "video/3gpp": ContainerFamily.ISO_BASE_MEDIA,
    "video/3gpp2": ContainerFamily.ISO_BASE_MEDIA,
    "video/webm": ContainerFamily.MATROSKA,
    "video/matroska": ContainerFamily.MATROSKA,
    "video/x-matroska": ContainerFamily.MATROSKA,
    "video/mp2t": ContainerFamily.MPEG,
    "video/mp2p": ContainerFamily.MPEG,
    "video/mpeg": ContainerFamily.MPEG,
    "video/avi": ContainerFamily.AVI,
    "video/msvideo": ContainerFamily.AVI,
    "video/x-msvideo": ContainerFamily.AVI,
    "video/x-ms-wmv": ContainerFamily.ASF,
    "video/x-ms-asf": ContainerFamily.ASF,
    "video/ogg": ContainerFamily.OGG,
    "application/mxf": ContainerFamily.MXF,
}


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source that can be transcoded.

    `width` and `height` are pixels as a viewer sees them: after the rotation in the metadata and
    with square pixels. `frame_rate` is frames a second.
    """

    duration_ms: int
    width: int
    height: int
    frame_rate: Fraction
    has_audio: bool
    container_family: ContainerFamily
    video_codec: str

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    @property
    def long_side(self) -> int:
        return max(self.width, self.height)


def declared_family(content_type: str) -> ContainerFamily | None:
    """The family a media type announces; None if it announces nothing that can be checked."""
    return _FAMILY_OF_TYPE.get(content_type.partition(";")[0].strip().lower())


def probe_source(response: ProbeResponseTypeDef, declared_content_type: str) -> SourceInfo:
    """Read a Probe response; `declared_content_type` is what the creator's client announced.

    Raises `SourceRejected`: unreadable_media, type_mismatch, no_video_track, unsupported_codec,
    frame_too_large, frame_too_small, zero_duration or too_long. Types are compared by family, so
    a QuickTime file announced as `video/mp4` passes, and `application/octet-stream` is unchecked.
    """
    results = response.get("ProbeResults") or []
    container = results[0].get("Container") if results else None
    if not container or not container.get("Format"):
        raise SourceRejected(FailureCode.UNREADABLE_MEDIA, "no container recognised")
    tracks = container.get("Tracks") or []
    video = next((track for track in tracks if track.get("TrackType") == "video"), None)
    family = _FAMILY_OF_FORMAT.get(container["Format"], ContainerFamily.OTHER)
    declared = declared_family(declared_content_type)
    if declared is not None and family not in (declared, ContainerFamily.AUDIO):
        raise SourceRejected(FailureCode.TYPE_MISMATCH, f"{declared} announced, {family} arrived")
    if video is None:
        code = FailureCode.NO_VIDEO_TRACK if tracks else FailureCode.UNREADABLE_MEDIA
        raise SourceRejected(code, f"{len(tracks)} tracks")
    codec = video.get("Codec", "UNKNOWN")
    properties = video.get("VideoProperties") or {}
    width, height = _displayed_size(properties)
    if codec in _UNREADABLE_CODECS:
        raise SourceRejected(FailureCode.UNSUPPORTED_CODEC, codec)
    return SourceInfo(
        duration_ms=_duration_ms(container, video),
        width=width,
        height=height,
        frame_rate=_rate(properties.get("FrameRate")) or _ASSUMED_FRAME_RATE,
        has_audio=any(_is_audible(track) for track in tracks),
        container_family=family,
        video_codec=codec,
    )


def _displayed_size(properties: VideoPropertiesTypeDef) -> tuple[int, int]:
    width, height = properties.get("Width") or 0, properties.get("Height") or 0
    if width <= 0 or height <= 0:
        raise SourceRejected(FailureCode.UNREADABLE_MEDIA, f"frame of {width}x{height}")
    pixel = _ratio(properties.get("SampleAspectRatio"))
    displayed = round(width * pixel), height
    if max(width, height, *displayed) > MAX_FRAME_EDGE:
        raise SourceRejected(FailureCode.FRAME_TOO_LARGE, f"{width}x{height}, pixels {pixel}")
    if min(displayed) < MIN_FRAME_EDGE:
        raise SourceRejected(FailureCode.FRAME_TOO_SMALL, f"{width}x{height}, pixels {pixel}")
    sideways = (properties.get("Rotation") or 0) % 180 == 90
    return (displayed[1], displayed[0]) if sideways else displayed


def _duration_ms(container: ContainerTypeDef, video: TrackTypeDef) -> int:
    seconds = container.get("Duration") or video.get("Duration") or 0.0
    duration_ms = round(seconds * 1000)
    if duration_ms <= 0:
        raise SourceRejected(FailureCode.ZERO_DURATION)
    if duration_ms > MAX_DURATION_MS:
        raise SourceRejected(FailureCode.TOO_LONG, f"{duration_ms} ms")
    return duration_ms


def _is_audible(track: TrackTypeDef) -> bool:
    if track.get("TrackType") != "audio" or track.get("Codec", "UNKNOWN") == "UNKNOWN":
        return False
    return (track.get("AudioProperties") or {}).get("Channels", 1) > 0


def _ratio(value: AspectRatioTypeDef | None) -> Fraction:
    numerator, denominator = (value or {}).get("Numerator"), (value or {}).get("Denominator")
    return Fraction(numerator, denominator) if numerator and denominator else Fraction(1)


def _rate(value: FrameRateTypeDef | None) -> Fraction | None:
    numerator, denominator = (value or {}).get("Numerator"), (value or {}).get("Denominator")
    if not numerator or not denominator or numerator < 0 or denominator < 0:
        return None
    return Fraction(numerator, denominator)
