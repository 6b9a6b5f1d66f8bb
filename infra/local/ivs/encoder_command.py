"""A stream's one ffmpeg call: FLV in, each rung as fragmented MP4 into a pipe and as MPEG-TS files.

Measured choices: the decoder and the small rungs take one thread each, for less delay and less
waste; sound is copied, never encoded; the picture is encoded once a rung and muxed twice by the
tee. Frames are dropped above the rate limit, never doubled, so clocks that vary stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from infra.local.ivs.ladder import Rung

__all__ = ["EncodePlan", "Stills", "encoder_command", "stills_pattern"]

_MUXING_DELAY_US = 500_000
_FRAGMENT_US = 90_000
_STREAMING = "flush_packets=1:onfail=ignore:max_interleave_delta=500000"


@dataclass(frozen=True, slots=True)
class Stills:
    """A picture at once and then every `interval_seconds`."""

    width: int
    height: int
    interval_seconds: int
    first_number: int


@dataclass(frozen=True, slots=True)
class EncodePlan:
    """`recorded` are the rungs written as files, each from the number of its next segment on."""

    rungs: tuple[Rung, ...]
    has_sound: bool
    max_frame_rate: int
    keyframe_seconds: float
    recording_segment_seconds: float
    recorded: dict[str, int]
    stills: Stills | None


def stills_pattern(directory: Path) -> Path:
    """Where the pictures go; `%d` is their number."""
    return directory / "thumb%d.jpg"


def encoder_command(ffmpeg: str, plan: EncodePlan, directory: Path, pipes: list[int]) -> list[str]:
    """`pipes` are the write ends for the rungs in order; files go below `directory`."""
    command = [
        *(ffmpeg, "-hide_banner", "-nostdin", "-y", "-nostats", "-loglevel", "warning"),
        *("-flags", "low_delay", "-threads", "1", "-max_error_rate", "1"),
        # Only until both formats are known: frames are not counted for their rate.
        *("-fpsprobesize", "0", "-probesize", "500000", "-analyzeduration", "1000000"),
        *("-f", "flv", "-i", "pipe:0"),
        *("-filter_complex", _filters(plan)),
    ]
    for position, rung in enumerate(plan.rungs):
        command += _rung_output(plan, rung, position, directory, pipes[position])
    if plan.stills:
        command += [
            *("-map", "[stills]", "-c:v", "mjpeg", "-q:v", "4", "-strict", "unofficial"),
            *("-fps_mode", "passthrough", "-f", "image2", "-atomic_writing", "1"),
            *("-start_number", str(plan.stills.first_number), str(stills_pattern(directory))),
        ]
    return command


def _filters(plan: EncodePlan) -> str:
    # A little under the frame's time, because RTMP's clock ticks in whole milliseconds.
    least = 1 / plan.max_frame_rate - 0.0012
    count = len(plan.rungs) + bool(plan.stills)
    outputs = "".join(f"[in{position}]" for position in range(count))
    chains = [f"[0:v]{_at_most_every(least)},split={count}{outputs}"]
    for position, rung in enumerate(plan.rungs):
        size = f"scale={rung.width}:{rung.height}:flags=bilinear,setsar=1,format=yuv420p"
        chains.append(f"[in{position}]{size}[out{position}]")
    if plan.stills:
        stills = plan.stills
        chains.append(
            f"[in{count - 1}]{_at_most_every(stills.interval_seconds - 0.05)},"
            f"scale={stills.width}:{stills.height}:out_range=full,format=yuv420p[stills]"
        )
    return ";".join(chains)


def _at_most_every(seconds: float) -> str:
    return f"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{seconds:.4f})'"


def _rung_output(
    plan: EncodePlan, rung: Rung, position: int, directory: Path, pipe: int
) -> list[str]:
    sound = ["-map", "0:a:0?", "-c:a", "copy"] if plan.has_sound else ["-an"]
    return [
        *("-map", f"[out{position}]", *sound),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-crf", "24"),
        *("-maxrate", f"{rung.kbps}k", "-bufsize", f"{rung.kbps}k"),
        *("-g", "100000", "-sc_threshold", "0", "-forced-idr", "1"),
        *("-force_key_frames", _keyframes(plan.keyframe_seconds)),
        *("-threads", "1" if position else "2", "-fps_mode", "passthrough"),
        *("-flags:v", "+global_header", "-flush_packets", "1"),
        *("-max_interleave_delta", str(_MUXING_DELAY_US)),
        *("-f", "tee", _tee(plan, rung, directory, pipe)),
    ]


def _keyframes(seconds: float) -> str:
    """Every so often; the first two segments are halves, so that there is one to show sooner."""
    return f"expr:gte(t,if(lt(n_forced,2),n_forced/2,n_forced-1)*{seconds})"


def _tee(plan: EncodePlan, rung: Rung, directory: Path, pipe: int) -> str:
    movflags = "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"
    live = f"[f=mp4:movflags={movflags}:frag_duration={_FRAGMENT_US}:{_STREAMING}]pipe:{pipe}"
    if rung.name not in plan.recorded:
        return live
    folder = directory / rung.name
    # The HLS muxer would hold a segment in memory until it is whole.
    files = (
        f"[f=segment:segment_time={plan.recording_segment_seconds}:segment_format=mpegts"
        ":segment_format_options=flush_packets=1"
        f":segment_start_number={plan.recorded[rung.name]}:segment_list_type=m3u8"
        f":segment_list_size=0:segment_list={_escaped(str(folder))}/playlist.m3u8:onfail=ignore]"
    )
    return f"{live}|{files}{folder}/%d.ts"


def _escaped(path: str) -> str:
    """For an option's value inside the tee's brackets."""
    return "".join(f"\\{one}" if one in "\\':[]|" else one for one in path)
