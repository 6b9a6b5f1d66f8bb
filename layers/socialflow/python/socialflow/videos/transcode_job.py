"""The MediaConvert job that turns a source into what players need.

One job writes one CMAF group (HLS and DASH manifests over the same segments), a poster and, for
the full set, storyboard frames. Keys in a set, relative to its prefix: `stream.m3u8`,
`stream.mpd`, segments, `poster.<n>.jpg`, `frames.<n>.jpg`.

What must stay true: every video output of a group has the same frame rate and GOP, so segments
of all rungs start at the same instants; audio is an output of its own (CMAF forbids muxed
audio); the request token depends only on video, kind, attempt and destination, so a repeated
request is the same job. Settings and their limits: MediaConvert API reference, `CreateJob`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from socialflow.videos.ladder import (
    Rung,
    ladder_for,
    output_frame_rate,
    preview_rung_for,
)
from socialflow.videos.models import JobKind
from socialflow.videos.storyboard import frame_interval_s
from socialflow.videos.transcode_stills import poster_group, storyboard_group

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.literals import H264QualityTuningLevelType
    from mypy_boto3_mediaconvert.type_defs import (
        CreateJobRequestTypeDef,
        H264SettingsTypeDef,
        OutputGroupTypeDef,
        OutputTypeDef,
    )

    from socialflow.videos.probe import SourceInfo

__all__ = ["JobTarget", "app_name", "full_job", "preview_job"]

SEGMENT_SECONDS = 4
GOP_SECONDS = 2
_AUDIO_BITRATE_BPS = 128_000
_AUDIO_SAMPLE_RATE_HZ = 48_000
_QVBR_LEVEL = 7
_PREVIEW_QVBR_LEVEL = 6
_FULL_PRIORITY = 0
_PREVIEW_PRIORITY = 20
_MAX_TOKEN_LENGTH = 64


@dataclass(frozen=True, slots=True)
class JobTarget:
    """Where a job reads and writes, and on whose behalf.

    `source_url` is `s3://<bucket>/<key>`; `destination_url` is the set's prefix
    `s3://<bucket>/<prefix>`, with or without a final slash. `attempt` counts from 1.
    """

    stage: str
    video_id: str
    attempt: int
    source_url: str
    destination_url: str
    role_arn: str
    queue_arn: str


def app_name(stage: str) -> str:
    """The `userMetadata.app` that event rules of `stage` match."""
    return f"socialflow-{stage}"


def full_job(target: JobTarget, source: SourceInfo) -> CreateJobRequestTypeDef:
    """Arguments of `create_job` for the whole ladder, poster and storyboard."""
    return _job(
        target,
        JobKind.FULL,
        [
            _cmaf_group(target, source, ladder_for(source), "SINGLE_PASS_HQ", _QVBR_LEVEL),
            poster_group(target.destination_url, source),
            storyboard_group(target.destination_url, source),
        ],
        source,
    )


def preview_job(target: JobTarget, source: SourceInfo) -> CreateJobRequestTypeDef:
    """Arguments of `create_job` for one quick low rung and a poster, ahead of every full job."""
    rungs = (preview_rung_for(source),)
    return _job(
        target,
        JobKind.PREVIEW,
        [
            _cmaf_group(target, source, rungs, "SINGLE_PASS", _PREVIEW_QVBR_LEVEL),
            poster_group(target.destination_url, source),
        ],
        source,
    )


def _job(
    target: JobTarget, kind: JobKind, groups: list[OutputGroupTypeDef], source: SourceInfo
) -> CreateJobRequestTypeDef:
    job: CreateJobRequestTypeDef = {
        "Role": target.role_arn,
        "Queue": target.queue_arn,
        "ClientRequestToken": _token(target, kind),
        "Priority": _PREVIEW_PRIORITY if kind is JobKind.PREVIEW else _FULL_PRIORITY,
        "StatusUpdateInterval": "SECONDS_10",
        "UserMetadata": {
            "app": app_name(target.stage),
            "video_id": target.video_id,
            "kind": kind.value,
            "attempt": str(target.attempt),
            "storyboard_interval_s": str(frame_interval_s(source.duration_ms)),
        },
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [
                {
                    "FileInput": target.source_url,
                    "TimecodeSource": "ZEROBASED",
                    "VideoSelector": {"Rotate": "AUTO"},
                }
            ],
            "OutputGroups": groups,
        },
    }
    if source.has_audio:
        job["Settings"]["Inputs"][0]["AudioSelectors"] = {
            "Audio Selector 1": {
                "DefaultSelection": "DEFAULT",
                "SelectorType": "TRACK",
                "Tracks": [1],
            }
        }
    return job


def _token(target: JobTarget, kind: JobKind) -> str:
    # A repeat after the visibility has changed writes elsewhere, which is another request.
    where = hashlib.sha256(target.destination_url.encode()).hexdigest()[:8]
    token = f"{target.video_id}-{kind.value}-{target.attempt}-{where}"
    if len(token) <= _MAX_TOKEN_LENGTH:
        return token
    return hashlib.sha256(token.encode()).hexdigest()


def _cmaf_group(
    target: JobTarget,
    source: SourceInfo,
    rungs: tuple[Rung, ...],
    tuning: H264QualityTuningLevelType,
    qvbr_level: int,
) -> OutputGroupTypeDef:
    rate = output_frame_rate(source)
    outputs = [_video_output(rung, tuning, qvbr_level, rate) for rung in rungs]
    if source.has_audio:
        outputs.append(_audio_output())
    return {
        "Name": "Adaptive streams",
        "OutputGroupSettings": {
            "Type": "CMAF_GROUP_SETTINGS",
            "CmafGroupSettings": {
                "Destination": f"{target.destination_url.rstrip('/')}/stream",
                "WriteHlsManifest": "ENABLED",
                "WriteDashManifest": "ENABLED",
                "SegmentControl": "SEGMENTED_FILES",
                "SegmentLength": SEGMENT_SECONDS,
                "SegmentLengthControl": "GOP_MULTIPLE",
                "FragmentLength": GOP_SECONDS,
                "CodecSpecification": "RFC_6381",
                "ManifestDurationFormat": "FLOATING_POINT",
                "StreamInfResolution": "INCLUDE",
                "WriteSegmentTimelineInRepresentation": "ENABLED",
            },
        },
        "Outputs": outputs,
    }


def _video_output(
    rung: Rung, tuning: H264QualityTuningLevelType, qvbr_level: int, rate: Fraction | None
) -> OutputTypeDef:
    h264: H264SettingsTypeDef = {
        "CodecProfile": "HIGH",
        "CodecLevel": "AUTO",
        "RateControlMode": "QVBR",
        "MaxBitrate": rung.max_bitrate_bps,
        "QvbrSettings": {"QvbrQualityLevel": qvbr_level},
        "QualityTuningLevel": tuning,
        "GopSize": GOP_SECONDS,
        "GopSizeUnits": "SECONDS",
        "GopClosedCadence": 1,
        "InterlaceMode": "PROGRESSIVE",
        "ParControl": "SPECIFIED",
        "ParNumerator": 1,
        "ParDenominator": 1,
        "FramerateControl": "INITIALIZE_FROM_SOURCE",
    }
    if rate is not None:
        h264["FramerateControl"] = "SPECIFIED"
        h264["FramerateNumerator"] = rate.numerator
        h264["FramerateDenominator"] = rate.denominator
        h264["FramerateConversionAlgorithm"] = "DUPLICATE_DROP"
    return {
        "NameModifier": f"_{rung.name}",
        "ContainerSettings": {"Container": "CMFC"},
        "VideoDescription": {
            "Width": rung.width,
            "Height": rung.height,
            "ScalingBehavior": "STRETCH_TO_OUTPUT",
            "CodecSettings": {"Codec": "H_264", "H264Settings": h264},
        },
    }


def _audio_output() -> OutputTypeDef:
    return {
        "NameModifier": "_audio",
        "ContainerSettings": {
            "Container": "CMFC",
            "CmfcSettings": {
                "AudioGroupId": "audio",
                "AudioTrackType": "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
            },
        },
        "AudioDescriptions": [
            {
                "AudioSourceName": "Audio Selector 1",
                "CodecSettings": {
                    "Codec": "AAC",
                    "AacSettings": {
                        "Bitrate": _AUDIO_BITRATE_BPS,
                        "CodingMode": "CODING_MODE_2_0",
                        "SampleRate": _AUDIO_SAMPLE_RATE_HZ,
                    },
                },
            }
        ],
    }
