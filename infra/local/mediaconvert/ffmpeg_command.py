"""The one ffmpeg call that makes everything a job asks for.

The source is decoded once. A filter graph brings it to a constant frame rate starting at zero
and to 4:2:0, takes the stills, and scales the rungs one from the next, largest first, so that a
small rung never reads a large frame. All renditions go to one `dash` muxer, which cuts segments
where key frames are forced: on the same frame in every rung.

Names written, relative to the working directory: `i<n>.mp4` and `s<n>_<number>.m4s` for stream n
(video in the plan's order, then audio), `timeline.mpd`, `c<n>.<number>.jpg` for capture n.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from infra.local.mediaconvert.plan import AudioStream, Capture, JobPlan, VideoStream

__all__ = ["FORMATS", "TIMELINE", "SourceTraits", "ffmpeg_argv", "segment_frames"]

TIMELINE = "timeline.mpd"
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,asf,ogg,mxf,wav,mp3,flac,aac,ac3,eac3"
)
"""Demuxers a source may use. Playlists and lists of files are not among them: they could make
ffmpeg read this machine's files into the output."""

# x264's speed by MediaConvert's quality tuning level.
_PRESETS = {"SINGLE_PASS": "superfast", "SINGLE_PASS_HQ": "veryfast", "MULTI_PASS_HQ": "medium"}


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """What of the source the call depends on: frames a second as the output follows them."""

    frame_rate: Fraction


def ffmpeg_argv(ffmpeg: str, plan: JobPlan, source: SourceTraits, source_path: Path) -> list[str]:
    """The argument vector; ffmpeg must be started in the directory that takes the output."""
    rate = plan.frame_rate or source.frame_rate
    return [
        ffmpeg,
        *("-hide_banner", "-nostdin", "-y", "-loglevel", "error"),
        *("-nostats", "-progress", "pipe:1", "-stats_period", "0.5"),
        *(() if plan.rotate else ("-noautorotate",)),
        *("-protocol_whitelist", "file", "-format_whitelist", FORMATS),
        *("-i", str(source_path)),
        *("-filter_complex", ";".join(_graph(plan, rate))),
        *_streams(plan, rate),
        *_stills(plan),
    ]


def gop_frames(plan: JobPlan, rate: Fraction) -> int:
    """Frames from one key frame to the next."""
    return max(1, round(plan.gop if plan.gop_in_frames else plan.gop * rate))


def segment_frames(plan: JobPlan, rate: Fraction) -> int:
    """Frames of a segment: whole GOPs, at least the asked length (GOP_MULTIPLE)."""
    gop = gop_frames(plan, rate)
    gops = plan.segment_seconds * rate / gop
    # A tenth of a GOP of tolerance: 2 s at 29.97 is 60 frames, which is not quite 2 s.
    return gop * max(1, math.ceil(gops - Fraction(1, 10)))


def _graph(plan: JobPlan, rate: Fraction) -> Iterator[str]:
    """Filter chains: [b..] rungs before scaling, [v..] rungs, [c..] stills, [a..] sound."""
    ordered = sorted(range(len(plan.video)), key=lambda n: -_area(plan.video[n]))
    branches = "".join(f"[k{n}]" for n in range(len(plan.captures)))
    # The fps filter also fills a late start, so that picture and sound begin together.
    yield (
        f"[0:V:0]fps={rate}:start_time=0,format=yuv420p,"
        f"split={1 + len(plan.captures)}[b{ordered[0]}]{branches}"
    )
    for position, number in enumerate(ordered):
        rung = plan.video[number]
        scaled = f"[b{number}]scale={rung.width}:{rung.height}:flags=bicubic,setsar=1"
        if position + 1 == len(ordered):
            yield f"{scaled}[v{number}]"
        else:
            yield f"{scaled},split=2[v{number}][b{ordered[position + 1]}]"
    for number, still in enumerate(plan.captures):
        yield (
            f"[k{number}]select='gte(t,selected_n*{still.interval_s})*lt(selected_n,{still.most})',"
            f"scale={still.width}:{still.height}:flags=bicubic:out_range=full,"
            f"setsar=1,format=yuv420p[c{number}]"
        )
    for number, sound in enumerate(plan.audio):
        yield (
            f"[0:a:{sound.track - 1}]aresample={sound.sample_rate_hz}:async=1000:first_pts=0,"
            f"aformat=channel_layouts={'mono' if sound.channels == 1 else 'stereo'}[a{number}]"
        )


def _streams(plan: JobPlan, rate: Fraction) -> Iterator[str]:
    gop = gop_frames(plan, rate)
    yield from ("-c:v", "libx264", "-g", str(gop))
    yield from ("-force_key_frames", f"expr:gte(n,n_forced*{gop})")
    for number, rung in enumerate(plan.video):
        yield from ("-map", f"[v{number}]")
        yield from _encoder(number, rung)
    for number, sound in enumerate(plan.audio):
        yield from ("-map", f"[a{number}]")
        yield from _sound_encoder(number, sound)
    # Half a frame less than a segment has, so that rounding never makes the muxer wait a GOP.
    seconds = (segment_frames(plan, rate) - Fraction(1, 2)) / rate
    yield from ("-map_metadata", "-1", "-f", "dash", "-seg_duration", f"{float(seconds):.6f}")
    if plan.fragment_seconds < plan.segment_seconds:
        yield from ("-frag_type", "duration", "-frag_duration", str(plan.fragment_seconds))
    yield from ("-use_timeline", "1", "-use_template", "1", "-window_size", "0")
    yield from ("-init_seg_name", "i$RepresentationID$.mp4")
    yield from ("-media_seg_name", "s$RepresentationID$_$Number%09d$.m4s")
    yield TIMELINE


def _encoder(number: int, rung: VideoStream) -> Iterator[str]:
    yield from (f"-preset:v:{number}", _PRESETS[rung.tuning])
    yield from (f"-profile:v:{number}", rung.profile)
    if rung.rate_control == "QVBR":
        yield from (f"-crf:v:{number}", f"{_constant_rate_factor(rung.quality):g}")
    else:
        yield from (f"-b:v:{number}", str(rung.bitrate_bps))
    if rung.rate_control == "CBR":
        yield from (f"-minrate:v:{number}", str(rung.bitrate_bps))
    yield from (f"-maxrate:v:{number}", str(rung.max_bitrate_bps))
    yield from (f"-bufsize:v:{number}", str(rung.max_bitrate_bps * 2))
    if not rung.scene_cuts:
        yield from (f"-sc_threshold:v:{number}", "0")
    if rung.b_frames is not None:
        yield from (f"-bf:v:{number}", str(rung.b_frames))
    if rung.references is not None:
        yield from (f"-refs:v:{number}", str(rung.references))


def _sound_encoder(number: int, sound: AudioStream) -> Iterator[str]:
    yield from (f"-c:a:{number}", "aac", f"-b:a:{number}", str(sound.bitrate_bps))


def _stills(plan: JobPlan) -> Iterator[str]:
    for number, still in enumerate(plan.captures):
        yield from ("-map", f"[c{number}]", "-c:v", "mjpeg", "-q:v", str(_jpeg_scale(still)))
        yield from ("-fps_mode", "passthrough", "-f", "image2", "-start_number", "0")
        yield f"c{number}.%07d.jpg"


def _constant_rate_factor(qvbr_level: float) -> float:
    """QVBR 1 to 10 as x264's CRF: 7, for most broadcast work, is 23; two steps a level."""
    return 37 - 2 * qvbr_level


def _jpeg_scale(still: Capture) -> int:
    """Quality 1 to 100 as mjpeg's quantiser, 31 (worst) to 2."""
    return round(31 - 29 * still.quality / 100)


def _area(rung: VideoStream) -> int:
    return rung.width * rung.height
