"""Sources and Probe answers for the tests of this folder."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from socialflow.videos.probe import ContainerFamily, SourceInfo

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import ProbeResponseTypeDef


def a_source(
    width: int = 1920,
    height: int = 1080,
    *,
    duration_ms: int = 30_000,
    frame_rate: Fraction = Fraction(30),
    has_audio: bool = True,
) -> SourceInfo:
    return SourceInfo(
        duration_ms=duration_ms,
        width=width,
        height=height,
        frame_rate=frame_rate,
        has_audio=has_audio,
        container_family=ContainerFamily.ISO_BASE_MEDIA,
        video_codec="AVC",
    )


def a_video_track(**properties: Any) -> dict[str, Any]:
    return {
        "TrackType": "video",
        "Index": 1,
        "Codec": "AVC",
        "VideoProperties": {
            "Width": 1920,
            "Height": 1080,
            "FrameRate": {"Numerator": 30000, "Denominator": 1001},
            **properties,
        },
    }


AUDIO_TRACK: dict[str, Any] = {
    "TrackType": "audio",
    "Index": 2,
    "Codec": "AAC",
    "AudioProperties": {"Channels": 2, "SampleRate": 48000},
}


def a_probe(
    *tracks: dict[str, Any], container_format: str = "mp4", duration: float | None = 12.5
) -> ProbeResponseTypeDef:
    container: dict[str, Any] = {"Format": container_format, "Tracks": list(tracks)}
    if duration is not None:
        container["Duration"] = duration
    return cast("ProbeResponseTypeDef", {"ProbeResults": [{"Container": container}]})
