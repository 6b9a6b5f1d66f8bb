"""Waiting for what happens by itself: ask again until it is there, and say so when it never is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
INTERVAL_SECONDS = 0.1


class NeverHappened(AssertionError):
    """The deadline passed."""


def wait_for(check: Callable[[], Found | None], what: str, *, seconds: float = 30) -> Found:
    """The first answer of `check` that is neither None nor false.

    Raises `NeverHappened` naming `what`, with the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what} did not happen within {seconds:.0f} s; last: {found!r}")
        time.sleep(INTERVAL_SECONDS)
