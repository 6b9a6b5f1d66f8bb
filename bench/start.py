"""Starting the local target, as `make run` does with everything installed, and its idle memory.

The first start finds no state and, unless the sources were synthesized before, no template; the
second finds both. Ready means that `GET /v1/ready` answers 200 through the edge.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import urllib3

from bench.creator import Creator
from bench.deployed import ROOT, SCRATCH
from bench.process_memory import megabytes_by_name
from bench.report import Bound, Figure, Section, Table
from infra.local.deploy.synthesis import CACHE, fingerprint_of_sources
from infra.local.supervisor import Ports

STATE: Final = SCRATCH / "start-state"
READY: Final = Bound("under", 20)
MEMORY: Final = Bound("under", 1024)
PATIENCE_SECONDS: Final = 120
SETTLE_SECONDS: Final = 10


class DidNotStart(Exception):
    """The target ended, or was not ready in time; the message is what it printed."""


@dataclass(frozen=True, slots=True)
class Started:
    """A target that answers: its addresses, its process, and how long it took."""

    origin: str
    mailbox_url: str
    process_id: int
    seconds: float


def measure() -> Section:
    """Seconds of the first and the second start; memory after both, with nobody there."""
    shutil.rmtree(STATE, ignore_errors=True)
    with _without_template(), _running() as first:
        Creator(first.origin, first.mailbox_url)  # a registration wakes functions of every kind
        fresh = _idle(first.process_id)
    with _running() as second:
        Creator(second.origin, second.mailbox_url)
        again = _idle(second.process_id)
    shutil.rmtree(STATE, ignore_errors=True)
    names = sorted({*fresh, *again}, key=lambda name: -fresh.get(name, 0))
    return Section(
        "Starting the local target",
        [
            Figure("First start, the template synthesized, until ready", first.seconds, "s", READY),
            Figure("Second start, with its state, until ready", second.seconds, "s", READY),
            Figure("Idle memory of all processes, first start", sum(fresh.values()), "MB", MEMORY),
            Figure("Idle memory of all processes, second start", sum(again.values()), "MB", MEMORY),
        ],
        [
            Table(
                ("Process", "MB, first", "MB, second"),
                [
                    (name, f"{fresh.get(name, 0):.0f}", f"{again.get(name, 0):.0f}")
                    for name in names
                ],
            )
        ],
        [
            f"Memory {SETTLE_SECONDS} s after a registration, as proportional set size: pages "
            "that processes share count once."
        ],
    )


def _idle(process_id: int) -> Mapping[str, float]:
    time.sleep(SETTLE_SECONDS)
    return megabytes_by_name(process_id)


@contextmanager
def _without_template() -> Iterator[None]:
    """Puts the synthesized template of these sources aside, if there is one."""
    made = CACHE / fingerprint_of_sources(ROOT)[:16]
    aside = made.with_name(f"{made.name}.aside")
    if made.exists():
        made.rename(aside)
    try:
        yield
    finally:
        if aside.exists() and not made.exists():
            aside.rename(made)
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _running() -> Iterator[Started]:
    """`python -m infra.local`, until the block ends; then Ctrl-C."""
    ports = Ports.free()
    environment = os.environ | ports.environment() | {"STATE_DIR": str(STATE)}
    log = SCRATCH / "start.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with (
        log.open("wb") as printed,
        subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=ROOT,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            origin = f"http://localhost:{ports.edge}"
            while not _is_ready(origin):
                if process.poll() is not None or time.monotonic() - started > PATIENCE_SECONDS:
                    raise DidNotStart(_tail(log))
                time.sleep(0.05)
            seconds = time.monotonic() - started
            yield Started(origin, f"http://localhost:{ports.mailbox}", process.pid, seconds)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _is_ready(origin: str) -> bool:
    try:
        answer = urllib3.request("GET", f"{origin}/v1/ready", timeout=5, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 200


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]
