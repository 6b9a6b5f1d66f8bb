"""Small media files for tests, made by ffmpeg on first use and kept in the temporary folder.

Each function returns the path of one kind of source. A file's name holds a hash of the command
that makes it, so changing a command makes a new file; it is renamed into place, so parallel test
processes never see half of one. Frames are small and clips short: machines have few cores.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]

__all__ = ["BROKEN_SOURCES", "SOURCES", "ffmpeg"]

_FOLDER = Path(tempfile.gettempdir()) / "socialflow-test-media"
_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_AAC = ("-c:a", "aac", "-b:a", "64k", "-ac", "2")


def ffmpeg() -> str:
    """The program the local MediaConvert uses."""
    return os.environ.get("SF_FFMPEG") or str(imageio_ffmpeg.get_ffmpeg_exe())


def landscape() -> Path:
    """The plain case: 640x360, 25 frames a second, 2 s, stereo."""
    return _make("landscape.mp4", *_picture(), *_tone(), *_X264, *_AAC)


def long_landscape() -> Path:
    """12 s, for what must happen while a job runs."""
    return _make("long.mp4", *_picture(seconds=12), *_tone(seconds=12), *_X264, *_AAC)


def over_a_minute() -> Path:
    """62 s at 10 frames a second: long enough for a preview."""
    return _make("minute.mp4", *_picture(rate="10", seconds=62), *_tone(seconds=62), *_X264, *_AAC)


def small_and_over_a_minute() -> Path:
    """The same at 256x144, for tests that transcode and decode all of it."""
    return _make(
        "small-minute.mp4",
        *_picture("256x144", rate="10", seconds=62),
        *_tone(seconds=62),
        *_X264,
        *_AAC,
    )


def silent() -> Path:
    return _make("silent.mp4", *_picture(), *_X264)


def portrait() -> Path:
    return _make("portrait.mp4", *_picture("360x640"), *_tone(), *_X264, *_AAC)


def rotated() -> Path:
    """Stored as 640x360, to be shown as 360x640."""
    return _make("rotated.mp4", "-display_rotation", "90", "-i", str(landscape()), "-c", "copy")


def odd_dimensions() -> Path:
    return _make(
        "odd.mp4",
        *("-f", "lavfi", "-i", "testsrc=s=641x361:r=25:d=2"),
        *_tone(),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"),
        *_AAC,
    )


def variable_frame_rate() -> Path:
    """30 frames a second for one second, 10 for the next."""
    return _make(
        "variable.mp4",
        *_picture(rate="30"),
        *_tone(),
        *("-vf", "select='lt(t,1)+not(mod(n,3))'", "-fps_mode", "vfr"),
        *_X264,
        *_AAC,
    )


def fifty_frames() -> Path:
    return _make("fifty.mp4", *_picture(rate="50"), *_tone(), *_X264, *_AAC)


def sixty_frames() -> Path:
    """59.94, as cameras mean it."""
    return _make("sixty.mp4", *_picture(rate="60000/1001"), *_tone(), *_X264, *_AAC)


def hevc() -> Path:
    return _make(
        "hevc.mp4",
        *_picture(),
        *_tone(),
        *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
        *("-tag:v", "hvc1", "-pix_fmt", "yuv420p"),
        *_AAC,
    )


def vp9_webm() -> Path:
    return _make(
        "vp9.webm",
        *_picture(),
        *_tone(),
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k"),
        *("-c:a", "libopus"),
    )


def quicktime() -> Path:
    return _make("clip.mov", *_picture(), *_tone(), *_X264, "-c:a", "pcm_s16le")


def matroska() -> Path:
    return _make("clip.mkv", *_picture(), *_tone(), *_X264, "-c:a", "libmp3lame")


def transport_stream() -> Path:
    """Starts at a time of its own, as broadcasts do."""
    return _make("clip.ts", *_picture(), *_tone(), *_X264, "-c:a", "mp2", "-muxdelay", "0.7")


def chroma_422() -> Path:
    return _make(
        "chroma.mp4",
        *_picture(),
        *_tone(),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv422p10le"),
        *_AAC,
    )


def mono() -> Path:
    return _make("mono.mp4", *_picture(), *_tone(), *_X264, *_AAC, "-ac", "1")


def surround() -> Path:
    return _make("surround.mkv", *_picture(), *_tone(), *_X264, "-c:a", "ac3", "-ac", "6")


def several_audio_tracks() -> Path:
    return _make(
        "tracks.mp4",
        *_picture(),
        *_tone(),
        *_tone(660),
        *("-map", "0:v", "-map", "1:a", "-map", "2:a"),
        *_X264,
        *_AAC,
    )


def one_second() -> Path:
    return _make("second.mp4", *_picture(seconds=1), *_tone(seconds=1), *_X264, *_AAC)


def empty_file() -> Path:
    return _write("empty.mp4", lambda: b"")


def text_named_mp4() -> Path:
    return _write("text.mp4", lambda: b"This is not a video.\n" * 400)


def noise_named_mp4() -> Path:
    return _write("noise.mp4", lambda: hashlib.shake_128(b"noise").digest(200_000))


def playlist_named_mp4() -> Path:
    """A playlist that would have the transcoder read a file of its own machine."""
    return _write(
        "playlist.mp4",
        lambda: (
            b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
        ),
    )


def truncated() -> Path:
    """Cut in the middle: the index, written last, is missing."""
    whole = landscape()
    return _write("truncated.mp4", lambda: whole.read_bytes()[: whole.stat().st_size // 2])


def audio_only() -> Path:
    return _make("audio.m4a", *_tone(), *_AAC)


def zero_duration() -> Path:
    """A movie header that promises fragments, and no fragment."""
    fragmented = _make(
        "fragmented.mp4",
        *_picture(),
        *_X264,
        *("-movflags", "empty_moov+frag_keyframe+default_base_moof"),
    )
    return _write("zero.mp4", lambda: _until_first_fragment(fragmented.read_bytes()))


def huge_frame() -> Path:
    """20,000 pixels wide."""
    return _make(
        "huge.mov",
        *_picture("20000x64", rate="5", seconds=1),
        *("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    )


SOURCES: dict[str, Callable[[], Path]] = {
    "landscape": landscape,
    "silent": silent,
    "portrait": portrait,
    "rotated": rotated,
    "odd dimensions": odd_dimensions,
    "variable frame rate": variable_frame_rate,
    "50 frames a second": fifty_frames,
    "60 frames a second": sixty_frames,
    "HEVC": hevc,
    "VP9 in WebM": vp9_webm,
    "MOV": quicktime,
    "MKV": matroska,
    "MPEG-TS": transport_stream,
    "4:2:2": chroma_422,
    "mono": mono,
    "5.1": surround,
    "several audio tracks": several_audio_tracks,
    "1 s long": one_second,
}
"""Every kind of source that must end as a playable video."""

BROKEN_SOURCES: dict[str, tuple[Callable[[], Path], str]] = {
    "text named .mp4": (text_named_mp4, "unreadable_media"),
    "noise named .mp4": (noise_named_mp4, "unreadable_media"),
    "playlist named .mp4": (playlist_named_mp4, "unreadable_media"),
    "truncated": (truncated, "unreadable_media"),
    "audio only": (audio_only, "no_video_track"),
    "zero duration": (zero_duration, "zero_duration"),
    "20,000 pixels wide": (huge_frame, "frame_too_large"),
}
"""Every kind that must be refused, with its failure code."""


def _picture(size: str = "640x360", *, rate: str = "25", seconds: float = 2) -> Sequence[str]:
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def _tone(frequency: int = 440, *, seconds: float = 2) -> Sequence[str]:
    return ("-f", "lavfi", "-i", f"sine=frequency={frequency}:duration={seconds}:sample_rate=44100")


@functools.cache
def _make(name: str, *arguments: str) -> Path:
    digest = hashlib.sha256("\0".join(arguments).encode()).hexdigest()[:10]
    path = _FOLDER / f"{digest}-{name}"
    if not path.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{os.getpid()}-{path.name}")
        command = [ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments]
        subprocess.run([*command, str(part)], check=True)  # noqa: S603 - our own arguments
        part.rename(path)
    return path


def _write(name: str, content: Callable[[], bytes]) -> Path:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    data = content()
    path = _FOLDER / f"{hashlib.sha256(data).hexdigest()[:10]}-{name}"
    if not path.exists():
        part = path.with_name(f"{os.getpid()}-{path.name}")
        part.write_bytes(data)
        part.rename(path)
    return path


def _until_first_fragment(data: bytes) -> bytes:
    """Everything before the first `moof` box (ISO/IEC 14496-12)."""
    position = 0
    while position < len(data):
        size, kind = (
            int.from_bytes(data[position : position + 4]),
            data[position + 4 : position + 8],
        )
        if kind == b"moof":
            return data[:position]
        position += size
    raise ValueError("no fragment in this file")
