"""Look into one media file, in a process of its own: `python -m … <path>` prints JSON.

Demuxers meet hostile input here, so the process is small, limited in memory and processor time,
opens nothing but the named file, and can be killed. The JSON is a `ProbeResult` as the wire has
it (`container`, `trackMappings`), or `{"refused": "<why>"}`.
"""

from __future__ import annotations

import json
import resource
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.error
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from infra.local.mediaconvert.ffmpeg_command import FORMATS

if TYPE_CHECKING:
    from av.container import InputContainer

_MEMORY_BYTES = 3 * 1024**3
_CPU_SECONDS = 20
_DECODABLE_EDGE = 8192
_PACKETS_TO_TRY = 60

_CODECS = {
    **{"h264": "AVC", "hevc": "HEVC", "av1": "AV1", "vp8": "VP8", "vp9": "VP9", "mpeg4": "MP4V"},
    **{"mpeg1video": "MPEG1", "mpeg2video": "MPEG2", "prores": "PRORES", "mjpeg": "MJPEG"},
    **{"h263": "H263", "theora": "THEORA", "vc1": "VC1", "wmv3": "VC1", "dnxhd": "VC3"},
    **{"dvvideo": "DV", "jpeg2000": "JPEG2000", "qtrle": "QTRLE", "rawvideo": "UNCOMPRESSED"},
    **{"v210": "UNCOMPRESSED", "aac": "AAC", "ac3": "AC3", "eac3": "EAC3", "mp2": "MP2"},
    **{"mp3": "MP3", "mp3float": "MP3", "opus": "OPUS", "vorbis": "VORBIS", "flac": "FLAC"},
    **{"amrnb": "AMR", "amrwb": "AMR", "amr_nb": "AMR", "amr_wb": "AMR"},
    **{"wmav1": "WMA", "wmav2": "WMA2", "wmapro": "WMAPRO"},
}
_FORMATS = {
    **{"matroska,webm": "matroska", "mpegts": "mpegts", "mpeg": "mpegps", "avi": "avi"},
    **{"asf": "asf", "ogg": "ogg", "mxf": "mxf", "wav": "wave", "mp3": "mp3", "flac": "flac"},
    **{"aac": "aac", "ac3": "ac3", "eac3": "eac3"},
}
# ISO/IEC 14496-12 brands; everything else in this family is called mp4.
_BRANDS = {"qt": "quicktime", "3gp": "three_gp", "3g2": "three_g2"}


def inspect(path: str) -> dict[str, Any]:
    """The file as a ProbeResult, or why it is none."""
    try:
        with av.open(path, options={"format_whitelist": FORMATS, "protocol_whitelist": "file"}) as (
            container
        ):
            return _result(container)
    except (av.error.FFmpegError, ValueError, MemoryError, EOFError) as failed:
        return {"refused": f"{type(failed).__name__}: {failed}"}


def _result(container: InputContainer) -> dict[str, Any]:
    tracks: list[dict[str, Any]] = []
    indexes: dict[str, list[int]] = {"video": [], "audio": [], "data": []}
    for position, stream in enumerate(container.streams, start=1):
        if "attached_pic" in str(stream.disposition):
            continue
        track: dict[str, Any] = {"index": position, "codec": _codec(stream)}
        if isinstance(stream, VideoStream):
            track |= {"trackType": "video", "videoProperties": _video(stream)}
        elif isinstance(stream, AudioStream):
            track |= {"trackType": "audio", "audioProperties": _audio(stream)}
        else:
            track["trackType"] = "data"
        if stream.duration and stream.time_base:
            track["duration"] = float(stream.duration * stream.time_base)
        tracks.append(track)
        indexes[track["trackType"]].append(position)
    _add_rotation(container, tracks)
    found: dict[str, Any] = {"format": _format(container), "tracks": tracks}
    if container.duration:
        found["duration"] = container.duration / 1_000_000
    if container.bit_rate:
        found["bitRate"] = container.bit_rate
    mapping = {f"{kind}TrackIndexes": numbers for kind, numbers in indexes.items()}
    return {"container": found, "trackMappings": [mapping]}


def _video(stream: VideoStream) -> dict[str, Any]:
    context = stream.codec_context
    found: dict[str, Any] = {"width": context.width, "height": context.height}
    rate = stream.average_rate or stream.guessed_rate
    if rate:
        found["frameRate"] = _fraction(Fraction(rate))
    pixel = stream.sample_aspect_ratio
    if pixel:
        found["sampleAspectRatio"] = _fraction(Fraction(pixel))
    if context.format is not None:
        found["bitDepth"] = max(part.bits for part in context.format.components)
    if stream.bit_rate:
        found["bitRate"] = stream.bit_rate
    return found


def _audio(stream: AudioStream) -> dict[str, Any]:
    context = stream.codec_context
    found: dict[str, Any] = {"channels": context.channels, "sampleRate": context.sample_rate}
    if context.channels:
        found["channelLayout"] = context.layout.name
    if stream.language:
        found["languageCode"] = stream.language.upper()
    if stream.bit_rate:
        found["bitRate"] = stream.bit_rate
    return found


def _add_rotation(container: InputContainer, tracks: list[dict[str, Any]]) -> None:
    """The display matrix is known once a frame is decoded; a frame that is not stays upright."""
    video = next((one for one in tracks if one["trackType"] == "video"), None)
    if video is None:
        return
    size = video["videoProperties"]
    if not 0 < max(size["width"], size["height"]) <= _DECODABLE_EDGE:
        return
    stream = container.streams[video["index"] - 1]
    for count, packet in enumerate(container.demux(stream)):
        try:
            frame = next(iter(packet.decode()), None)
        except av.error.FFmpegError:
            frame = None  # A broken packet says nothing of the next one's matrix.
        if frame is not None:
            # FFmpeg counts counter-clockwise; MediaConvert clockwise, and omits no rotation.
            clockwise = round(-frame.rotation) % 360
            if clockwise in (90, 180, 270):
                size["rotation"] = clockwise
            return
        if count >= _PACKETS_TO_TRY:
            return


def _codec(stream: Any) -> str:
    context = stream.codec_context
    if context is None:
        return "UNKNOWN"
    name = context.codec.canonical_name if hasattr(context.codec, "canonical_name") else ""
    name = name or context.name
    if name.startswith("pcm_"):
        return "PCM"
    return _CODECS.get(name, _CODECS.get(context.name, "UNKNOWN"))


def _format(container: InputContainer) -> str:
    name = container.format.name
    if name != "mov,mp4,m4a,3gp,3g2,mj2":
        return _FORMATS.get(name, name)
    brand = container.metadata.get("major_brand", "").strip().lower()
    return next((kind for start, kind in _BRANDS.items() if brand.startswith(start)), "mp4")


def _fraction(value: Fraction) -> dict[str, int]:
    return {"numerator": value.numerator, "denominator": value.denominator}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    sys.stdout.write(json.dumps(inspect(sys.argv[1])))


if __name__ == "__main__":
    main()
