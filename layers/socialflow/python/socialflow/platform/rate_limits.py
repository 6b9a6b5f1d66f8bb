"""Named limits: how often something may be asked for, each a counter that one write checks.

| policy        | lets through                                     | when none is left             |
|---------------|--------------------------------------------------|-------------------------------|
| `RatePolicy`  | so many in a fixed window                        | until the window ends         |
| `DelayPolicy` | a few at once, then ever further apart           | 1, 2, 4 … seconds, to a bound |
| `TriesPolicy` | so many, ever, of one thing such as a code       | never again                   |

The counter and its limit are one item, so the check and the count are the same conditional write:
of any number of callers at once no more get through than may. A refused one counts nothing. What
is counted for several policies is counted in one transaction, for all or for none.

Counters lie in the context's own table, under `RATE#…`, and expire by TTL; who they are about is
hashed. Headers follow draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.dynamodb import (
    ConditionFailed,
    Item,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.errors import TooManyRequests

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """`limit` requests per `window_seconds`, for each subject."""

    name: str
    limit: int
    window_seconds: int

    @property
    def header(self) -> str:
        return f'"{self.name}";q={self.limit};w={self.window_seconds}'

    def counter(self, subject: str, now: datetime) -> dict[str, str]:
        return _counter(self.name, subject, int(now.timestamp()) // self.window_seconds)

    def write(self, subject: str, now: datetime) -> Write:
        window = int(now.timestamp()) // self.window_seconds
        return Write(
            key=self.counter(subject, now),
            add={"spent": 1},
            set={"expires_at": (window + 2) * self.window_seconds},
            condition="attribute_not_exists(#spent) OR #spent < :limit",
            values={"limit": self.limit},
        )

    def refusal(self, _kept: Item, now: datetime) -> RateLimited:
        return RateLimited(RateState(self, 0, self.reset_seconds(now)))

    def reset_seconds(self, now: datetime) -> int:
        """Until the window ends."""
        return self.window_seconds - int(now.timestamp()) % self.window_seconds


@dataclass(frozen=True, slots=True)
class DelayPolicy:
    """`free` tries a day come without a wait; after each further one the wait is twice as long.

    From `first_seconds` to `ceiling_seconds`. Nobody is ever locked out: whoever waits gets the
    next try. Counted are all tries that were let through; whoever succeeds takes them back with
    `RateLimiter.forget`. A day (UTC) starts anew.
    """

    name: str
    free: int
    first_seconds: int
    ceiling_seconds: int

    @property
    def header(self) -> str:
        return f'"{self.name}";q={self.free};w={self.ceiling_seconds}'

    def wait_seconds(self, tried: int) -> int:
        """How far the next try has to be from the last of `tried`."""
        if tried < self.free:
            return 0
        # Bounded before it is raised: the count is not ours to bound.
        doublings = min(tried - self.free, self.ceiling_seconds.bit_length())
        return min(self.first_seconds << doublings, self.ceiling_seconds)

    def counter(self, subject: str, now: datetime) -> dict[str, str]:
        return _counter(self.name, subject, int(now.timestamp()) // DAY_SECONDS)

    def write(self, subject: str, now: datetime) -> Write:
        now_ms = int(now.timestamp() * 1000)
        terms = ["attribute_not_exists(#tried)", "#tried < :free"]
        values: dict[str, object] = {"free": self.free}
        tried = self.free
        # One term for each wait there is: an expression cannot raise two to a power.
        while True:
            wait = self.wait_seconds(tried)
            last = wait == self.ceiling_seconds
            bound = "" if last else f"#tried <= :tried{tried} AND "
            terms.append(f"({bound}#last_ms <= :before{tried})")
            values[f"before{tried}"] = now_ms - wait * 1000
            if last:
                break
            values[f"tried{tried}"] = tried
            tried += 1
        return Write(
            key=self.counter(subject, now),
            add={"tried": 1},
            set={"last_ms": now_ms, "expires_at": int(now.timestamp()) + 2 * DAY_SECONDS},
            condition=" OR ".join(terms),
            values=values,
        )

    def refusal(self, kept: Item, now: datetime) -> RateLimited:
        passed_ms = int(now.timestamp() * 1000) - int(kept.get("last_ms", 0))
        left_ms = self.wait_seconds(int(kept.get("tried", self.free))) * 1000 - passed_ms
        return TooManyAttempts(RateState(self, 0, max(1, -(-left_ms // 1000))))


@dataclass(frozen=True, slots=True)
class TriesPolicy:
    """`limit` tries at one thing and then none; the count is kept for `kept_seconds`.

    For what is worthless after that time anyway.
    """

    name: str
    limit: int
    kept_seconds: int

    @property
    def header(self) -> str:
        return f'"{self.name}";q={self.limit}'

    def counter(self, subject: str, _now: datetime) -> dict[str, str]:
        return _counter(self.name, subject, "TRIES")

    def write(self, subject: str, now: datetime) -> Write:
        return Write(
            key=self.counter(subject, now),
            add={"spent": 1},
            set_once={"expires_at": int(now.timestamp()) + 2 * self.kept_seconds},
            condition="attribute_not_exists(#spent) OR #spent < :limit",
            values={"limit": self.limit},
        )

    def refusal(self, _kept: Item, _now: datetime) -> TriesSpent:
        return TriesSpent(self.name)


Policy = RatePolicy | DelayPolicy | TriesPolicy


@dataclass(frozen=True, slots=True)
class RateState:
    """What is left of a policy for a subject; `remaining` is None where nobody looked."""

    policy: Policy
    remaining: int | None
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


class TooManyAttempts(RateLimited):
    """Several attempts failed; the wait before the next one grows."""

    code = "too_many_attempts"


class TriesSpent(Exception):
    """No try is left, ever. Whoever counts says what that means."""


class RateLimiter:
    """Counts in one table."""

    def __init__(self, table: Table, *, clock: Clock = utc_now) -> None:
        self._table = table
        self._clock = clock

    def spend(self, policy: RatePolicy, subject: str) -> RateState:
        """Counts one request; raises `RateLimited` where none is left."""
        now = self._clock()
        try:
            counted = self._table.write(policy.write(subject, now))
        except ConditionFailed as refused:
            raise policy.refusal(refused.item or {}, now) from refused
        return RateState(policy, policy.limit - counted["spent"], policy.reset_seconds(now))

    def spend_all(self, charges: Sequence[tuple[Policy, str]]) -> None:
        """Counts one request against every policy and its subject, or, refused, against none.

        One write, or one transaction. Raises `TriesSpent`, or the `RateLimited` with the longest
        wait.
        """
        now = self._clock()
        writes = [policy.write(subject, now) for policy, subject in charges]
        refused = self._refused(writes)
        refusals = [charges[place][0].refusal(kept, now) for place, kept in refused.items()]
        for refusal in refusals:
            if isinstance(refusal, TriesSpent):
                raise refusal
        limited = [each for each in refusals if isinstance(each, RateLimited)]
        if limited:
            raise max(limited, key=lambda each: each.retry_after_seconds)

    def forget(self, policy: Policy, subject: str) -> Write:
        """The write that takes a subject's tries back, for the transaction of its success."""
        return Write(key=policy.counter(subject, self._clock()), delete=True)

    def give_back(self, policy: Policy, subject: str) -> Write:
        """The write that takes one try back, of those that others may have made as well."""
        now = self._clock()
        counted = policy.write(subject, now)
        return Write(
            key=counted.key,
            add=dict.fromkeys(counted.add, -1),
            set={"expires_at": int(now.timestamp()) + 2 * DAY_SECONDS},
        )

    def _refused(self, writes: Sequence[Write]) -> dict[int, Item]:
        """Does the writes; the counters that refused, by their place."""
        if len(writes) == 1:
            try:
                self._table.write(writes[0])
            except ConditionFailed as refused:
                return {0: refused.item or {}}
            return {}
        try:
            self._table.transact(writes)
        except TransactionRefused as refused:
            return {place: refused.items.get(place, {}) for place in refused.failed}
        return {}


def _counter(name: str, subject: str, window: int | str) -> dict[str, str]:
    hashed = hashlib.sha256(subject.encode()).hexdigest()[:32]
    return {"pk": f"RATE#{name}#{hashed}#{window}", "sk": "RATE"}
