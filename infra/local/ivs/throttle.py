"""AWS's own quota on control calls: so many a second of each operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.ivs.errors import Throttled

__all__ = ["Throttle"]


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Throttle:
    """A bucket of tokens for each operation. `per_second` 0 lets everything through."""

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, operation: str) -> None:
        """Raises `Throttled` when a second's calls are used up."""
        if not self._per_second:
            return
        now = self._clock()
        bucket = self._buckets.setdefault(operation, _Bucket(self._per_second, now))
        gained = (now - bucket.filled_at) * self._per_second
        bucket.tokens = min(self._per_second, bucket.tokens + gained)
        bucket.filled_at = now
        if bucket.tokens < 1:
            raise Throttled(operation)
        bucket.tokens -= 1
