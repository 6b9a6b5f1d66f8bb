"""How often something may happen: at most `limit` times in any one second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

__all__ = ["SlidingSecond"]


class SlidingSecond:
    """Exact, and as large as its limit. `now` is seconds of a clock that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._taken: deque[float] = deque()

    def take(self, limit: int) -> bool:
        """Whether one more is within the limit; one that is not does not count."""
        now = self._now()
        while self._taken and self._taken[0] <= now - 1:
            self._taken.popleft()
        if len(self._taken) >= limit:
            return False
        self._taken.append(now)
        return True
