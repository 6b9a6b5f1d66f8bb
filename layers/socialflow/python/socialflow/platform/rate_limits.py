"""Named rate limits: a fixed window counter per policy and subject, one write a request.

The counter and its window are one item, so the check and the count are the same conditional
write. Headers follow draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.dynamodb import ConditionFailed, Table, Write
from socialflow.platform.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """`limit` requests per `window_seconds`, for each subject."""

    name: str
    limit: int
    window_seconds: int

    @property
    def header(self) -> str:
        return f'"{self.name}";q={self.limit};w={self.window_seconds}'


@dataclass(frozen=True, slots=True)
class RateState:
    """What is left of a policy for a subject."""

    policy: RatePolicy
    remaining: int
    reset_seconds: int

    @property
    def header(self) -> str:
        return f'"{self.policy.name}";r={self.remaining};t={self.reset_seconds}'


class RateLimited(TooManyRequests):
    """The policy named in `policy` is spent for now."""

    def __init__(self, state: RateState) -> None:
        super().__init__(
            f"Too many requests; try again in {state.reset_seconds} seconds.",
            retry_after_seconds=state.reset_seconds,
            policy=state.policy.name,
        )
        self.state = state


class RateLimiter:
    """Counters live in the context's own table, under `RATE#…`, and expire by TTL."""

    def __init__(self, table: Table, *, clock: Clock = utc_now) -> None:
        self._table = table
        self._clock = clock

    def spend(self, policy: RatePolicy, subject: str) -> RateState:
        """Counts one request; raises `RateLimited` where none is left."""
        now = int(self._clock().timestamp())
        window = now // policy.window_seconds
        reset_seconds = (window + 1) * policy.window_seconds - now
        hashed = hashlib.sha256(subject.encode()).hexdigest()[:32]
        try:
            counted = self._table.write(
                Write(
                    key={"pk": f"RATE#{policy.name}#{hashed}#{window}", "sk": "RATE"},
                    add={"spent": 1},
                    set={"expires_at": (window + 2) * policy.window_seconds},
                    condition="attribute_not_exists(#spent) OR #spent < :limit",
                    values={"limit": policy.limit},
                )
            )
        except ConditionFailed as refused:
            raise RateLimited(RateState(policy, 0, reset_seconds)) from refused
        return RateState(policy, policy.limit - counted["spent"], reset_seconds)
