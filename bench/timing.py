"""Taking things in turns, so that what the machine does besides falls on all of them alike."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Name = TypeVar("Name", bound=str)


def in_turns(takes: Mapping[Name, Callable[[], float]], *, rounds: int) -> dict[Name, list[float]]:
    """The values of each take, all of them once a round, in an order that turns around."""
    taken: dict[Name, list[float]] = {name: [] for name in takes}
    order = list(takes)
    for number in range(rounds):
        for name in order if number % 2 == 0 else reversed(order):
            taken[name].append(takes[name]())
    return taken


def median(values: list[float]) -> float:
    return statistics.median(values)


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that `percent` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def wall_ms(work: Callable[[], object]) -> float:
    """How long `work` took by the clock on the wall."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
