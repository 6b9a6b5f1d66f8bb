"""Every setting of CreateJob, Probe and CreateQueue that this server acts on.

Names are the wire's (camelCase); limits are those of the API reference where it has any. Some
choices are accepted because they name what ffmpeg does anyway; a choice that would change the
output and is not implemented is left out, so that asking for it is refused.
"""

from __future__ import annotations

from infra.local.mediaconvert.vocabulary import (
    Choice,
    Fields,
    Listed,
    Mapped,
    Number,
    Shape,
    Text,
)

__all__ = ["CREATE_JOB", "CREATE_QUEUE", "PROBE", "UPDATE_QUEUE"]

_ENABLED = Choice(("ENABLED",))
_S3_URL = Text(r"s3://[^/]+/.+")
_EDGE = Number(32, 8192)
_BITRATE = Number(1000, 1_152_000_000)
_POSITIVE = Number(1, 2_147_483_647)

_INPUT = Fields(
    {
        "fileInput": _S3_URL,
        "timecodeSource": Choice(("ZEROBASED", "EMBEDDED")),
        "videoSelector": Fields({"rotate": Choice(("AUTO", "DEGREE_0"))}),
        "audioSelectors": Mapped(
            Fields(
                {
                    "defaultSelection": Choice(("DEFAULT",)),
                    "selectorType": Choice(("TRACK",)),
                    "tracks": Listed(Number(1, 64), most=1),
                }
            ),
            most=1,
        ),
    },
    required=("fileInput",),
)

_H264 = Fields(
    {
        "codecProfile": Choice(("BASELINE", "MAIN", "HIGH")),
        "codecLevel": Choice(("AUTO",)),
        "rateControlMode": Choice(("QVBR", "VBR", "CBR")),
        "bitrate": _BITRATE,
        "maxBitrate": _BITRATE,
        "qvbrSettings": Fields(
            {
                "qvbrQualityLevel": Number(1, 10),
                "qvbrQualityLevelFineTune": Number(0, 1, fractional=True),
            }
        ),
        "qualityTuningLevel": Choice(("SINGLE_PASS", "SINGLE_PASS_HQ", "MULTI_PASS_HQ")),
        "gopSize": Number(0.01, 100_000, fractional=True),
        "gopSizeUnits": Choice(("SECONDS", "FRAMES", "AUTO")),
        "gopClosedCadence": Number(1, 1),
        "numberBFramesBetweenReferenceFrames": Number(0, 7),
        "numberReferenceFrames": Number(1, 6),
        "interlaceMode": Choice(("PROGRESSIVE",)),
        "sceneChangeDetect": Choice(("ENABLED", "DISABLED", "TRANSITION_DETECTION")),
        "parControl": Choice(("SPECIFIED",)),
        "parNumerator": Number(1, 1),
        "parDenominator": Number(1, 1),
        "framerateControl": Choice(("INITIALIZE_FROM_SOURCE", "SPECIFIED")),
        "framerateNumerator": _POSITIVE,
        "framerateDenominator": _POSITIVE,
        "framerateConversionAlgorithm": Choice(("DUPLICATE_DROP",)),
    },
    required=("rateControlMode",),
)

_FRAME_CAPTURE = Fields(
    {
        "framerateNumerator": _POSITIVE,
        "framerateDenominator": _POSITIVE,
        "maxCaptures": Number(1, 10_000_000),
        "quality": Number(1, 100),
    }
)

_VIDEO = Fields(
    {
        "width": _EDGE,
        "height": _EDGE,
        "scalingBehavior": Choice(("STRETCH_TO_OUTPUT",)),
        "codecSettings": Fields(
            {
                "codec": Choice(("H_264", "FRAME_CAPTURE")),
                "h264Settings": _H264,
                "frameCaptureSettings": _FRAME_CAPTURE,
            },
            required=("codec",),
        ),
    },
    required=("width", "height", "codecSettings", "scalingBehavior"),
)

_AUDIO = Fields(
    {
        "audioSourceName": Text(),
        "codecSettings": Fields(
            {
                "codec": Choice(("AAC",)),
                "aacSettings": Fields(
                    {
                        "bitrate": Number(6000, 1_024_000),
                        "codecProfile": Choice(("LC",)),
                        "codingMode": Choice(("CODING_MODE_1_0", "CODING_MODE_2_0")),
                        "rateControlMode": Choice(("CBR",)),
                        "sampleRate": Number(8000, 96_000),
                        "specification": Choice(("MPEG4",)),
                    },
                    required=("bitrate", "codingMode", "sampleRate"),
                ),
            },
            required=("codec", "aacSettings"),
        ),
    },
    required=("codecSettings", "audioSourceName"),
)

_OUTPUT = Fields(
    {
        "nameModifier": Text(r"[\w\-.]+", 256),
        "extension": Choice(("jpg",)),
        "containerSettings": Fields(
            {
                "container": Choice(("CMFC", "RAW")),
                "cmfcSettings": Fields(
                    {
                        "audioGroupId": Text(r"[\w\-]+", 64),
                        "audioTrackType": Choice(("ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",)),
                    }
                ),
            },
            required=("container",),
        ),
        "videoDescription": _VIDEO,
        "audioDescriptions": Listed(_AUDIO, most=1),
    },
    required=("containerSettings",),
)

_CMAF = Fields(
    {
        "destination": _S3_URL,
        "writeHlsManifest": _ENABLED,
        "writeDashManifest": _ENABLED,
        "segmentControl": Choice(("SEGMENTED_FILES",)),
        "segmentLength": Number(1, 60),
        "segmentLengthControl": Choice(("GOP_MULTIPLE",)),
        "fragmentLength": Number(1, 60),
        "codecSpecification": Choice(("RFC_6381",)),
        "manifestCompression": Choice(("NONE",)),
        "manifestDurationFormat": Choice(("FLOATING_POINT",)),
        "streamInfResolution": Choice(("INCLUDE",)),
        "writeSegmentTimelineInRepresentation": _ENABLED,
    },
    required=("destination", "segmentLength", "segmentLengthControl", "segmentControl"),
)

_OUTPUT_GROUP = Fields(
    {
        "name": Text(),
        "customName": Text(),
        "outputGroupSettings": Fields(
            {
                "type": Choice(("CMAF_GROUP_SETTINGS", "FILE_GROUP_SETTINGS")),
                "cmafGroupSettings": _CMAF,
                "fileGroupSettings": Fields({"destination": _S3_URL}, required=("destination",)),
            },
            required=("type",),
        ),
        "outputs": Listed(_OUTPUT, most=20),
    },
    required=("outputGroupSettings", "outputs"),
)

CREATE_JOB = Fields(
    {
        "role": Text(r"arn:[^:]+:iam::\d{12}:role/.+"),
        "queue": Text(),
        "clientRequestToken": Text(r"[\x20-\x7e]+", 64),
        "priority": Number(-50, 50),
        "statusUpdateInterval": Text(r"SECONDS_\d+"),
        "userMetadata": Mapped(Text(longest=2048)),
        "tags": Mapped(Text(longest=256)),
        "settings": Fields(
            {
                "timecodeConfig": Fields({"source": Choice(("ZEROBASED", "EMBEDDED"))}),
                "inputs": Listed(_INPUT, most=1),
                "outputGroups": Listed(_OUTPUT_GROUP, most=10),
            },
            required=("inputs", "outputGroups"),
        ),
    },
    required=("role", "settings"),
)

PROBE = Fields(
    {"inputFiles": Listed(Fields({"fileUrl": _S3_URL}, required=("fileUrl",)), most=1)},
    required=("inputFiles",),
)

_QUEUE: dict[str, Shape] = {
    "description": Text(),
    "status": Choice(("ACTIVE", "PAUSED")),
    "pricingPlan": Choice(("ON_DEMAND",)),
    "concurrentJobs": Number(1, 1000),
}
CREATE_QUEUE = Fields(
    {"name": Text(r"[\w\-. ]{1,256}"), "tags": Mapped(Text(longest=256)), **_QUEUE},
    required=("name",),
)
UPDATE_QUEUE = Fields(_QUEUE)
