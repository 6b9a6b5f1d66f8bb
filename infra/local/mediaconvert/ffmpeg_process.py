"""Run ffmpeg: progress out, stop in, nothing left behind."""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.local.mediaconvert.errors import JobFailed

__all__ = ["NICENESS", "run_ffmpeg"]

_POLL_SECONDS = 0.1
_LINES_KEPT = 8
NICENESS = 5
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def run_ffmpeg(
    argv: Sequence[str],
    directory: Path,
    *,
    timeout_s: float,
    on_progress: Callable[[float], None],
    on_tick: Callable[[], None],
) -> None:
    """Run to the end; `on_progress` gets seconds of output written.

    `on_tick` is called several times a second; what it raises stops ffmpeg and is raised here.
    Raises `JobFailed` with ffmpeg's last words when it ends badly or takes too long.
    """
    deadline = time.monotonic() + timeout_s
    complaints = (directory / "ffmpeg.log").open("wb")
    with (
        complaints,
        subprocess.Popen(  # noqa: S603 - an argument vector of our own making, no shell
            argv,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            preexec_fn=_in_child,
        ) as process,
    ):
        try:
            _follow(process, deadline, on_progress, on_tick)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    if process.returncode != 0:
        raise JobFailed(JobFailed.TRANSCODER, _last_words(directory / "ffmpeg.log"))


def _follow(
    process: subprocess.Popen[bytes],
    deadline: float,
    on_progress: Callable[[float], None],
    on_tick: Callable[[], None],
) -> None:
    if process.stdout is None:
        raise ValueError("ffmpeg was started without a pipe for its progress")
    output = process.stdout.fileno()
    os.set_blocking(output, False)
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if selector.select(_POLL_SECONDS):
                chunk = os.read(output, 65536)
                if not chunk:
                    process.wait()
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    name, _, value = line.partition(b"=")
                    if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
                        on_progress(max(0, int(value)) / 1_000_000)
            on_tick()
            if time.monotonic() > deadline:
                raise JobFailed(JobFailed.TOOK_TOO_LONG, "the job took longer than it may")


def _in_child() -> None:
    """Yield to interactive work, and die with the server even if it is killed outright."""
    os.nice(NICENESS)
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _last_words(log: Path) -> str:
    with log.open(encoding="utf-8", errors="replace") as lines:
        kept = deque((line.strip() for line in lines if line.strip()), maxlen=_LINES_KEPT)
    return " | ".join(kept)[:1000] or "ffmpeg ended without a word"
