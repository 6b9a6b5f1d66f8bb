"""Many callers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from socialflow.platform.errors import SocialFlowError

THREADS = 20
T = TypeVar("T")


def race(attempt: Callable[[], T], threads: int = THREADS) -> tuple[list[T], list[str]]:
    """What the callers that got through were answered, and the codes of the others' refusals."""
    start = threading.Barrier(threads)

    def run(_: int) -> T | SocialFlowError:
        start.wait(timeout=30)
        try:
            return attempt()
        except SocialFlowError as refused:
            return refused

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(run, range(threads)))
    return (
        [each for each in results if not isinstance(each, SocialFlowError)],
        [each.code for each in results if isinstance(each, SocialFlowError)],
    )
