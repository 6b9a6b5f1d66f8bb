"""Cold start: from the start of the process to the first answer of the videos API function.

The answer is that of `GET /v1/videos/{id}`: it takes a DynamoDB client and two reads, which a
server on loopback answers. Beside it, in turns, the least that FastAPI and Mangum need for an
answer. Both find their modules where a Lambda finds them (`deployed`).

`starts_of` measures any context's function in the same way.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import deployed, fake_dynamodb, sample
from bench.report import Bound, Figure, Section
from bench.timing import in_turns, median

ROUNDS: Final = 15
MOST: Final = Bound("at most", 1.5)
RATIO: Final = "Cold start, videos API / bare FastAPI + Mangum"
_PROCESSES: Final = Path(__file__).parent / "processes"


class NoAnswer(Exception):
    """The process ended without an answer of status 200; the message is what it printed."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: CPU time of the process, and time on the wall, to the first answer."""

    cpu_ms: float
    wall_ms: float


def starts_of(
    context: str, event: Mapping[str, Any], *, rows: fake_dynamodb.Rows
) -> tuple[dict[str, float], dict[str, float]]:
    """Median CPU and wall time in ms of a context's function and of `bare`, by name."""
    found = deployed.api(context)
    with fake_dynamodb.serving(rows) as address:
        environment = {**found, **sample.ENVIRONMENT, "AWS_ENDPOINT_URL": address}
        scripts = {"bare": "bare_first_response.py", context: "api_first_response.py"}
        starts: dict[str, list[Start]] = {name: [] for name in scripts}

        def take(name: str) -> float:
            # What is bare has one route, and answers that.
            asked = event if name == context else sample.show_video_event()
            start = _start(_PROCESSES / scripts[name], asked, environment)
            starts[name].append(start)
            return start.cpu_ms

        for name in starts:
            take(name)  # reads the files in once
            starts[name].clear()
        in_turns({name: functools.partial(take, name) for name in starts}, rounds=ROUNDS)
    cpu = {name: median([start.cpu_ms for start in taken]) for name, taken in starts.items()}
    wall = {name: median([start.wall_ms for start in taken]) for name, taken in starts.items()}
    return cpu, wall


def measure() -> Section:
    """Figures of both, and their ratio."""
    cpu, wall = starts_of("videos", sample.show_video_event(), rows=sample.rows())
    return Section(
        "Cold start of the videos API",
        [
            Figure(f"{RATIO}, CPU time", cpu["videos"] / cpu["bare"], "x", MOST),
            Figure(f"{RATIO}, on the wall", wall["videos"] / wall["bare"], "x"),
            Figure("Videos API, CPU time", cpu["videos"], "ms"),
            Figure("Bare FastAPI + Mangum, CPU time", cpu["bare"], "ms"),
            Figure("Videos API, on the wall", wall["videos"], "ms"),
            Figure("Bare FastAPI + Mangum, on the wall", wall["bare"], "ms"),
        ],
        notes=[
            f"Medians of {ROUNDS} starts each, in turns, on Python {sys.version.split()[0]}. "
            "The bound is on CPU time: on the wall, whatever else the machine does counts as well."
        ],
    )


def _start(script: Path, event: Mapping[str, Any], environment: Mapping[str, str]) -> Start:
    command = [sys.executable, "-S", str(script), json.dumps(event)]
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout  # noqa: S101 - narrows for mypy
        assert process.stderr  # noqa: S101 - narrows for mypy
        printed = []
        for line in process.stdout:
            printed.append(line)
            if '"cpu_ms"' in line:
                wall_ms = (time.perf_counter() - started) * 1000
                answer = json.loads(line)
                if answer["status"] == 200:
                    return Start(answer["cpu_ms"], wall_ms)
        raise NoAnswer("".join([*printed, process.stderr.read()]))
