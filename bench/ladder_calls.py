"""The bare ffmpeg calls that a transcoding job comes to, without anything around them."""

from __future__ import annotations

import copy
import functools
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.local.mediaconvert.bench_command import argv_of_job
from infra.local.mediaconvert.ffmpeg_process import NICENESS

Job = Mapping[str, Any]
"""CreateJob's parameters, or the `Job` that GetJob answers."""


def one_call(job: Job, source: Path) -> list[str]:
    """The argument vector that makes the whole ladder in one process."""
    request: Any = {"Role": job["Role"], "Settings": job["Settings"]}
    return argv_of_job(request, source)


def call_per_rendition(job: Job, source: Path) -> list[list[str]]:
    """One argument vector for each rendition: a video with the sound, and no pictures.

    The pictures are left out in this one's favour.
    """
    calls = []
    group = job["Settings"]["OutputGroups"][0]
    sound = [output for output in group["Outputs"] if "VideoDescription" not in output]
    for output in group["Outputs"]:
        if "VideoDescription" in output:
            settings = copy.deepcopy(dict(job["Settings"]))
            settings["OutputGroups"] = [{**group, "Outputs": [output, *sound]}]
            sound = []  # once is enough
            calls.append(one_call({"Role": job["Role"], "Settings": settings}, source))
    return calls


def seconds_of(calls: Sequence[Sequence[str]]) -> float:
    """How long the processes take, all started at once, each in an empty directory.

    They yield to other work as the local MediaConvert's own do, so that a busy machine is as busy
    for both.
    """
    with tempfile.TemporaryDirectory() as scratch:
        started = time.perf_counter()
        processes = []
        for number, call in enumerate(calls):
            directory = Path(scratch, str(number))
            directory.mkdir()
            processes.append(
                subprocess.Popen(  # noqa: S603 - the local MediaConvert's own arguments
                    call,
                    cwd=directory,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    preexec_fn=functools.partial(os.nice, NICENESS),
                )
            )
        for process in processes:
            _, told = process.communicate()
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, process.args, stderr=told)
        return time.perf_counter() - started
