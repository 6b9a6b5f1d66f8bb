"""Live ingest: what a stream costs before anything is transcoded.

ffmpeg publishes a 720p clip of 3 Mbit/s and 30 frames a second, in real time and without encoding,
to an ingest server in a process of its own, which unpacks every frame, puts it on its timeline,
measures it and frames it as FLV. The processor time is the server's alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.clips import CLIPS, DRAWN_SECONDS, FRAMES_PER_SECOND, clip
from bench.deployed import ROOT
from bench.report import Bound, Figure, Section
from infra.local.service.ffmpeg import find_ffmpeg

SECONDS: Final = 10
MOST: Final = Bound("under", 10)
_SERVER: Final = Path(__file__).parent / "processes" / "ingest_server.py"
_BITS_PER_S: Final = 3_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """One measurement, per stream."""

    percent: float
    megabits_per_s: float
    tags_per_s: float


def measure() -> Section:
    """Percent of a core per stream: one alone, two together, and two by RTMPS."""
    source = _source()
    one, two = _take(source, 1, "rtmp"), _take(source, 2, "rtmp")
    secure = _take(source, 2, "rtmps")
    what = "Ingest of 720p30, processor time per stream"
    return Section(
        "Live ingest without transcoding",
        [
            Figure(f"{what}, one stream", one.percent, "%", MOST),
            Figure(f"{what}, two streams", two.percent, "%", MOST),
            Figure(f"{what}, two streams by RTMPS", secure.percent, "%", MOST),
            Figure("What came of each stream", two.megabits_per_s, "Mbit/s"),
            Figure("Frames of video and audio of each stream", two.tags_per_s, "1/s"),
        ],
        notes=[f"Percent of one core, over {SECONDS} s each, from when every stream is steady."],
    )


def _take(source: Path, encoders: int, scheme: str) -> Taken:
    command = [sys.executable, str(_SERVER), str(encoders), str(SECONDS), scheme]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdout=subprocess.PIPE, text=True, env=environment
        ) as server,
        contextlib.ExitStack() as publishing,
    ):
        publishing.callback(server.kill)
        if server.stdout is None:
            raise ValueError("the server was started without a pipe for its outcome")
        port = int(server.stdout.readline())
        for number in range(encoders):
            url = f"{scheme}://127.0.0.1:{port}/app/bench-{number}"
            publishing.enter_context(_publishing(source, url))
        outcome = json.loads(server.stdout.readline())
    each = outcome["wall_s"] * encoders
    return Taken(
        percent=100 * outcome["cpu_s"] / each,
        megabits_per_s=outcome["bytes"] * 8 / 1_000_000 / each,
        tags_per_s=outcome["tags"] / each,
    )


@contextlib.contextmanager
def _publishing(source: Path, url: str) -> Iterator[None]:
    """An encoder that repeats the clip until it is ended."""
    command = [
        *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin"),
        *("-re", "-stream_loop", "-1", "-i", str(source), "-c", "copy"),
        # The server's certificate is signed by itself.
        *(("-tls_verify", "0") if url.startswith("rtmps") else ()),
        *("-f", "flv", url),
    ]
    with subprocess.Popen(command) as process:  # noqa: S603 - ffmpeg, our own arguments
        try:
            yield
        finally:
            process.kill()


def _source() -> Path:
    """The drawn clip, encoded once at a constant rate as live encoders do."""
    made = CLIPS / "720p-3mbit.mp4"
    if made.exists():
        return made
    drawn, partial = clip(1280, 720, DRAWN_SECONDS), made.with_suffix(".partial.mp4")
    rate = str(_BITS_PER_S)
    subprocess.run(  # noqa: S603 - ffmpeg, our own arguments
        [
            *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
            *("-i", str(drawn), "-c:a", "copy", "-c:v", "libx264", "-preset", "veryfast"),
            *("-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate),
            *("-nal-hrd", "cbr", "-bf", "0", "-g", str(2 * FRAMES_PER_SECOND), str(partial)),
        ],
        check=True,
    )
    partial.rename(made)
    return made
