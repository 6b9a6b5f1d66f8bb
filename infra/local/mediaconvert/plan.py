"""A job's settings as typed values: what to read, what to encode, where to put it.

`plan_of` takes settings that the vocabulary has accepted and adds the rules that tie settings to
each other. Nothing here knows ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from infra.local.service.errors import BadRequest

__all__ = ["AudioStream", "Capture", "JobPlan", "S3Location", "VideoStream", "plan_of"]

_DEFAULT_GOP_SECONDS = Fraction(2)
_DEFAULT_FRAGMENT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class S3Location:
    bucket: str
    key: str

    @classmethod
    def parse(cls, url: str) -> S3Location:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One H.264 rendition. `bitrate_bps` is the target of VBR and CBR, `quality` of QVBR."""

    name: str
    width: int
    height: int
    profile: str
    rate_control: str
    quality: float
    bitrate_bps: int
    max_bitrate_bps: int
    tuning: str
    scene_cuts: bool
    b_frames: int | None
    references: int | None


@dataclass(frozen=True, slots=True)
class AudioStream:
    name: str
    group_id: str
    track: int
    bitrate_bps: int
    channels: int
    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class Capture:
    """Stills: the first frame, then one every `interval_s`, at most `most`."""

    destination: S3Location
    width: int
    height: int
    interval_s: Fraction
    most: int
    quality: int


@dataclass(frozen=True, slots=True)
class JobPlan:
    """All of one job. `frame_rate` None follows the source; `gop` is frames or seconds."""

    source: S3Location
    rotate: bool
    destination: S3Location
    segment_seconds: int
    fragment_seconds: int
    frame_rate: Fraction | None
    gop: Fraction
    gop_in_frames: bool
    video: tuple[VideoStream, ...]
    audio: tuple[AudioStream, ...]
    captures: tuple[Capture, ...]


def plan_of(settings: Mapping[str, Any]) -> JobPlan:
    """Raises `BadRequest` where settings contradict each other or something needed is missing."""
    source = settings["inputs"][0]
    groups = settings["outputGroups"]
    streams = [
        (path, group)
        for path, group in _numbered("/outputGroups", groups)
        if group["outputGroupSettings"]["type"] == "CMAF_GROUP_SETTINGS"
    ]
    if len(streams) != 1:
        raise BadRequest("/outputGroups: exactly one CMAF_GROUP_SETTINGS group is supported")
    path, group = streams[0]
    cmaf = _chosen(group["outputGroupSettings"], "cmafGroupSettings", f"{path}/outputGroupSettings")
    video, audio = _streams(group, path, source)
    if not video:
        raise BadRequest(f"{path}/outputs: at least one H_264 output is needed")
    rate, gop, gop_in_frames = _shared_timing(group, path)
    return JobPlan(
        source=S3Location.parse(source["fileInput"]),
        rotate=source.get("videoSelector", {}).get("rotate", "DEGREE_0") == "AUTO",
        destination=_destination(cmaf, path),
        segment_seconds=cmaf["segmentLength"],
        fragment_seconds=cmaf.get("fragmentLength", _DEFAULT_FRAGMENT_SECONDS),
        frame_rate=rate,
        gop=gop,
        gop_in_frames=gop_in_frames,
        video=tuple(video),
        audio=tuple(audio),
        captures=tuple(
            _capture(group, path)
            for path, group in _numbered("/outputGroups", groups)
            if group["outputGroupSettings"]["type"] == "FILE_GROUP_SETTINGS"
        ),
    )


def _streams(
    group: Mapping[str, Any], path: str, source: Mapping[str, Any]
) -> tuple[list[VideoStream], list[AudioStream]]:
    video: list[VideoStream] = []
    audio: list[AudioStream] = []
    names: set[str] = set()
    for where, output in _numbered(f"{path}/outputs", group["outputs"]):
        name = _required(output, "nameModifier", where)
        if name in names:
            raise BadRequest(f"{where}/nameModifier: {name!r} is used twice")
        names.add(name)
        _container(output, "CMFC", where)
        if "extension" in output:
            raise BadRequest(f"{where}/extension: this setting is not supported in a CMAF group")
        if ("videoDescription" in output) == ("audioDescriptions" in output):
            raise BadRequest(f"{where}: a CMAF output holds either video or audio")
        if "videoDescription" in output:
            video.append(_video(name, output["videoDescription"], f"{where}/videoDescription"))
        else:
            audio.append(_audio(name, output, source, where))
    return video, audio


def _video(name: str, description: Mapping[str, Any], path: str) -> VideoStream:
    codec = description["codecSettings"]
    if codec["codec"] != "H_264":
        raise BadRequest(f"{path}/codecSettings/codec: only H_264 is supported in a CMAF group")
    h264 = _chosen(codec, "h264Settings", f"{path}/codecSettings")
    where = f"{path}/codecSettings/h264Settings"
    if description["width"] % 2 or description["height"] % 2:
        raise BadRequest(f"{path}/width: width and height must be even")
    qvbr = h264.get("qvbrSettings", {})
    mode = h264["rateControlMode"]
    bitrate = 0 if mode == "QVBR" else int(_required(h264, "bitrate", where))
    return VideoStream(
        name=name,
        width=description["width"],
        height=description["height"],
        profile=h264.get("codecProfile", "MAIN").lower(),
        rate_control=mode,
        quality=qvbr.get("qvbrQualityLevel", 7) + qvbr.get("qvbrQualityLevelFineTune", 0),
        bitrate_bps=bitrate,
        max_bitrate_bps=int(
            _required(h264, "maxBitrate", where)
            if mode == "QVBR"
            else h264.get("maxBitrate", bitrate)
        ),
        tuning=h264.get("qualityTuningLevel", "SINGLE_PASS_HQ"),
        scene_cuts=h264.get("sceneChangeDetect", "ENABLED") != "DISABLED",
        b_frames=h264.get("numberBFramesBetweenReferenceFrames"),
        references=h264.get("numberReferenceFrames"),
    )


def _audio(
    name: str, output: Mapping[str, Any], source: Mapping[str, Any], path: str
) -> AudioStream:
    description = output["audioDescriptions"][0]
    selectors = source.get("audioSelectors", {})
    chosen = description["audioSourceName"]
    if chosen not in selectors:
        raise BadRequest(f"{path}/audioDescriptions/0/audioSourceName: no selector {chosen!r}")
    aac = description["codecSettings"]["aacSettings"]
    cmfc = output["containerSettings"].get("cmfcSettings", {})
    return AudioStream(
        name=name,
        group_id=cmfc.get("audioGroupId", "program_audio"),
        track=selectors[chosen].get("tracks", [1])[0],
        bitrate_bps=aac["bitrate"],
        channels=1 if aac["codingMode"] == "CODING_MODE_1_0" else 2,
        sample_rate_hz=aac["sampleRate"],
    )


def _shared_timing(group: Mapping[str, Any], path: str) -> tuple[Fraction | None, Fraction, bool]:
    """Frame rate and GOP, which all rungs must share for their segments to be aligned."""
    found: set[tuple[Fraction | None, Fraction, bool]] = set()
    for where, output in _numbered(f"{path}/outputs", group["outputs"]):
        if "videoDescription" not in output:
            continue
        h264 = output["videoDescription"]["codecSettings"]["h264Settings"]
        rate = None
        if h264.get("framerateControl", "INITIALIZE_FROM_SOURCE") == "SPECIFIED":
            rate = Fraction(
                _required(h264, "framerateNumerator", where),
                _required(h264, "framerateDenominator", where),
            )
        units = h264.get("gopSizeUnits", "AUTO")
        gop = _DEFAULT_GOP_SECONDS
        if units != "AUTO":
            gop = Fraction(str(_required(h264, "gopSize", where)))
        found.add((rate, gop, units == "FRAMES"))
    if len(found) > 1:
        raise BadRequest(f"{path}/outputs: frame rate and GOP must be the same in all outputs")
    return found.pop()


def _capture(group: Mapping[str, Any], path: str) -> Capture:
    settings = _chosen(
        group["outputGroupSettings"], "fileGroupSettings", f"{path}/outputGroupSettings"
    )
    if len(group["outputs"]) != 1:
        raise BadRequest(f"{path}/outputs: a file group with one output is supported")
    output, where = group["outputs"][0], f"{path}/outputs/0"
    _container(output, "RAW", where)
    if "audioDescriptions" in output:
        raise BadRequest(f"{where}/audioDescriptions: a frame capture has no audio")
    video = _required(output, "videoDescription", where)
    codec = video["codecSettings"]
    if codec["codec"] != "FRAME_CAPTURE":
        raise BadRequest(f"{where}: only FRAME_CAPTURE is supported in a file group")
    frames = _chosen(codec, "frameCaptureSettings", f"{where}/videoDescription/codecSettings")
    destination = _destination(settings, path)
    return Capture(
        destination=S3Location(
            destination.bucket, destination.key + output.get("nameModifier", "")
        ),
        width=video["width"],
        height=video["height"],
        interval_s=Fraction(
            frames.get("framerateDenominator", 1), frames.get("framerateNumerator", 1)
        ),
        most=frames.get("maxCaptures", 10_000_000),
        quality=frames.get("quality", 80),
    )


def _destination(settings: Mapping[str, Any], path: str) -> S3Location:
    location = S3Location.parse(settings["destination"])
    if location.key.endswith("/"):
        raise BadRequest(f"{path}/destination: a base file name after the last slash is needed")
    return location


def _container(output: Mapping[str, Any], expected: str, path: str) -> None:
    settings = output["containerSettings"]
    if settings["container"] != expected:
        raise BadRequest(f"{path}/containerSettings/container: {expected} is supported here")
    if "cmfcSettings" in settings and "audioDescriptions" not in output:
        raise BadRequest(f"{path}/containerSettings/cmfcSettings: belongs to audio outputs")


def _chosen(settings: Mapping[str, Any], name: str, path: str) -> Any:
    """The settings that the type or codec asks for; those of another one are refused."""
    for other in settings:
        if other.lower().endswith("settings") and other != name:
            raise BadRequest(f"{path}/{other}: does not belong to the chosen type")
    return _required(settings, name, path)


def _required(settings: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in settings:
        raise BadRequest(f"{path}/{name}: is required")
    return settings[name]


def _numbered(path: str, items: list[Any]) -> list[tuple[str, Any]]:
    return [(f"{path}/{number}", item) for number, item in enumerate(items)]
