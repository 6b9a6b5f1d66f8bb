"""Reads that do not need each other's answers, done at once: one round trip instead of two."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

MAX_THREADS: Final = 4
Found = TypeVar("Found")


def beside(read: Callable[[], Found]) -> Future[Found]:
    """Begins a read; whoever needs its `result()` waits for it, and gets what it raised.

    A result that nobody asks for, because the caller may not have it, is thrown away.
    """
    return _pool().submit(read)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=MAX_THREADS, thread_name_prefix="chat-read")
