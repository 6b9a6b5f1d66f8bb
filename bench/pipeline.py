"""From the first byte uploaded to `ready`, against the bare encoding that it takes.

    clip → create, parts, complete → events → probe → job → one ffmpeg → S3 → events → ready
                                                       └ the same call, bare
                                                       └ a process for each rendition, bare

The bare calls come from the very job that was made, so they make the same ladder.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import target
from bench.clips import clip
from bench.creator import Creator, NotInTime, is_over
from bench.ladder_calls import call_per_rendition, one_call, seconds_of
from bench.report import Bound, Figure, Section
from bench.timing import in_turns, median
from infra.local.supervisor import LocalTarget

ROUNDS: Final = 3
LONG_ROUNDS: Final = 2
LIMIT_SECONDS: Final = 900
ONE_CALL: Final = Bound("at most", 1.15)
PER_RENDITION: Final = Bound("under", 0.85)
ORCHESTRATION: Final = Bound("under", 2)
EARLY: Final = Bound("under", 40)


@dataclass(frozen=True, slots=True)
class Passage:
    """One upload, in seconds since its first request; `completed` is when the bytes were there."""

    video_id: str
    completed: float
    playable: float
    ready: float


def measure() -> Section:
    """The 30 s clip against bare encoding, what surrounds a short encode, and early playback."""
    with target.running() as running:
        creator = Creator(running.origin, running.mailbox_url)
        _pass(creator, clip(640, 360, 15))  # wakes the functions
        long = _compared(running, creator, clip(1920, 1080, 30), rounds=LONG_ROUNDS)
        short = _compared(running, creator, clip(640, 360, 15), rounds=ROUNDS)
        early = _pass(creator, clip(1280, 720, 180))
    processing = early.ready - early.completed
    return Section(
        "Upload to ready",
        [
            Figure("30 s of 1080p to ready / one bare ffmpeg call",
                   long["ready"] / long["one call"], "x", ONE_CALL),
            Figure("30 s of 1080p to ready / a process per rendition",
                   long["ready"] / long["per rendition"], "x", PER_RENDITION),
            Figure("All but the encode, 15 s clip", short["ready"] - short["one call"], "s",
                   ORCHESTRATION),
            Figure("3 minutes of 720p: playable after that share of processing",
                   (early.playable - early.completed) / processing * 100, "%", EARLY),
            Figure("30 s of 1080p to ready", long["ready"], "s"),
            Figure("30 s of 1080p, one bare ffmpeg call", long["one call"], "s"),
            Figure("30 s of 1080p, a bare process per rendition", long["per rendition"], "s"),
            Figure("15 s of 360p to ready", short["ready"], "s"),
            Figure("15 s of 360p, one bare ffmpeg call", short["one call"], "s"),
            Figure("3 minutes of 720p: playable after", early.playable, "s"),
            Figure("3 minutes of 720p: ready after", early.ready, "s"),
        ],
        notes=[
            f"Medians of {LONG_ROUNDS} (30 s) and {ROUNDS} (15 s) each, in turns; from the first "
            "request, uploading included. "
            "Processing begins with the answer to `complete`."
        ],
    )  # fmt: skip


def _compared(
    running: LocalTarget, creator: Creator, source: Path, *, rounds: int
) -> dict[str, float]:
    """Medians of the seconds to `ready` and of the bare calls, taken in turns."""
    job = _job_of(running, _pass(creator, source).video_id)
    takes: dict[str, Callable[[], float]] = {
        "ready": lambda: _pass(creator, source).ready,
        "one call": functools.partial(seconds_of, [one_call(job, source)]),
    }
    takes["per rendition"] = functools.partial(seconds_of, call_per_rendition(job, source))
    taken = in_turns(takes, rounds=rounds)
    for name, seconds in taken.items():
        told = ", ".join(f"{each:.1f}" for each in seconds)
        print(f"  {source.name}, {name}: {told} s", flush=True)
    return {name: median(seconds) for name, seconds in taken.items()}


def _pass(creator: Creator, source: Path) -> Passage:
    """Uploads and waits until it is ready. Raises `NotInTime` where it failed instead."""
    started = time.perf_counter()
    video_id = creator.upload(source)
    completed = time.perf_counter()
    creator.wait(
        video_id, lambda video: bool(video["playback"]) or is_over(video), seconds=LIMIT_SECONDS
    )
    playable = time.perf_counter()
    video = creator.wait(video_id, is_over, seconds=LIMIT_SECONDS)
    ready = time.perf_counter()
    if video["status"] != "ready":
        raise NotInTime(f"{source.name} ended as {video['status']}: {video['failure']}")
    return Passage(video_id, completed - started, playable - started, ready - started)


def _job_of(running: LocalTarget, video_id: str) -> Any:
    """The full ladder's job of a video, as MediaConvert tells it."""
    jobs = running.admin_client("mediaconvert").list_jobs(Order="DESCENDING", MaxResults=20)["Jobs"]
    return next(
        job
        for job in jobs
        if job["UserMetadata"]["video_id"] == video_id and job["UserMetadata"]["kind"] == "full"
    )
