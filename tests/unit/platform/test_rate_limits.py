"""Named limits: fixed windows, growing delays, tries that end; one write a request."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.rate_limits import (
    DelayPolicy,
    RateLimited,
    RateLimiter,
    RatePolicy,
    TooManyAttempts,
    TriesPolicy,
    TriesSpent,
)
from tests.unit.counting_table import CountingTable
from tests.unit.doubles import CountedCalls, MovableClock

POLICY = RatePolicy("test", limit=2, window_seconds=60)


@pytest.fixture
def calls(aws: None) -> CountedCalls:
    return CountedCalls(client("dynamodb"))


@pytest.fixture
def limiter(calls: CountedCalls, clock: MovableClock) -> RateLimiter:
    dynamodb: object = calls
    return RateLimiter(Table(lambda: dynamodb, "videos"), clock=clock)  # type: ignore[arg-type,return-value]


class TestSpending:
    def test_more_than_the_limit_is_refused(self, limiter: RateLimiter) -> None:
        limiter.spend(POLICY, "ann")
        limiter.spend(POLICY, "ann")
        with pytest.raises(RateLimited) as refused:
            limiter.spend(POLICY, "ann")
        assert refused.value.retry_after_seconds == refused.value.state.reset_seconds == 60
        assert refused.value.state.header == '"test";r=0;t=60'

    def test_a_refusal_counts_nothing(self, limiter: RateLimiter, clock: MovableClock) -> None:
        for _ in range(2):
            limiter.spend(POLICY, "ann")
        for _ in range(3):
            with pytest.raises(RateLimited):
                limiter.spend(POLICY, "ann")
        clock.move(seconds=60)
        assert limiter.spend(POLICY, "ann").remaining == 1

    def test_the_next_window_starts_anew(self, limiter: RateLimiter, clock: MovableClock) -> None:
        for _ in range(2):
            limiter.spend(POLICY, "ann")
        clock.move(seconds=59)
        with pytest.raises(RateLimited):
            limiter.spend(POLICY, "ann")
        clock.move(seconds=1)
        assert limiter.spend(POLICY, "ann").remaining == 1

    def test_each_subject_and_policy_for_itself(self, limiter: RateLimiter) -> None:
        other = RatePolicy("other", limit=1, window_seconds=60)
        limiter.spend(POLICY, "ann")
        assert limiter.spend(POLICY, "ben").remaining == 1
        assert limiter.spend(other, "ann").remaining == 0

    def test_tells_what_is_left(self, limiter: RateLimiter, clock: MovableClock) -> None:
        clock.move(seconds=20)
        state = limiter.spend(POLICY, "ann")
        assert state.header == '"test";r=1;t=40'
        assert state.policy.header == '"test";q=2;w=60'

    def test_is_one_write(self, limiter: RateLimiter, calls: CountedCalls) -> None:
        limiter.spend(POLICY, "ann")
        assert calls.names == ["update_item"]

    def test_names_nobody_in_the_table(self, limiter: RateLimiter) -> None:
        limiter.spend(POLICY, "ann@example.com")
        assert "ann" not in str(client("dynamodb").scan(TableName="videos")["Items"])


SLOWER = DelayPolicy("slower", free=3, first_seconds=1, ceiling_seconds=900)
TRIES = TriesPolicy("code", limit=2, kept_seconds=600)


def spend(limiter: RateLimiter, *charges: Any) -> None:
    limiter.spend_all(list(charges))


@pytest.fixture(params=["moto", "memory"])
def table(request: pytest.FixtureRequest, calls: CountedCalls) -> Table:
    """A real table, and the one in memory that other tests count in."""
    dynamodb: Any = calls
    return Table(lambda: dynamodb, "videos") if request.param == "moto" else CountingTable()


@pytest.fixture
def delays(table: Table, clock: MovableClock) -> RateLimiter:
    return RateLimiter(table, clock=clock)


class TestGrowingDelays:
    def test_the_wait_doubles_up_to_the_ceiling(
        self, delays: RateLimiter, clock: MovableClock
    ) -> None:
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))
        for wait in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900):
            with pytest.raises(TooManyAttempts) as refused:
                spend(delays, (SLOWER, "ann"))
            assert refused.value.retry_after_seconds == wait
            clock.move(seconds=wait, milliseconds=-1)
            with pytest.raises(TooManyAttempts) as refused:
                spend(delays, (SLOWER, "ann"))
            assert refused.value.retry_after_seconds == 1
            clock.move(milliseconds=1)
            spend(delays, (SLOWER, "ann"))

    def test_impatience_makes_the_wait_no_longer(
        self, delays: RateLimiter, clock: MovableClock
    ) -> None:
        for _ in range(5):
            spend(delays, (SLOWER, "ann"))
            clock.move(seconds=2)
        for _ in range(20):
            with pytest.raises(TooManyAttempts):
                spend(delays, (SLOWER, "ann"))
        clock.move(seconds=2)
        spend(delays, (SLOWER, "ann"))

    def test_success_takes_the_tries_back(self, delays: RateLimiter, table: Table) -> None:
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))
        table.write(delays.forget(SLOWER, "ann"))
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))
        with pytest.raises(TooManyAttempts):
            spend(delays, (SLOWER, "ann"))

    def test_another_day_starts_anew(self, delays: RateLimiter, clock: MovableClock) -> None:
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))
        clock.move(hours=24)
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))

    def test_a_count_without_bound_is_a_wait_with_one(self) -> None:
        assert SLOWER.wait_seconds(10**9) == 900

    def test_is_told_apart_from_a_rate(self, delays: RateLimiter) -> None:
        for _ in range(3):
            spend(delays, (SLOWER, "ann"))
        with pytest.raises(TooManyAttempts) as refused:
            spend(delays, (SLOWER, "ann"))
        assert refused.value.code == "too_many_attempts"
        assert refused.value.state.header == '"slower";r=0;t=1'
        assert SLOWER.header == '"slower";q=3;w=900'


class TestTries:
    def test_end_for_good(self, delays: RateLimiter, clock: MovableClock) -> None:
        for _ in range(2):
            spend(delays, (TRIES, "code-1"))
        clock.move(seconds=599)
        with pytest.raises(TriesSpent):
            spend(delays, (TRIES, "code-1"))
        spend(delays, (TRIES, "code-2"))


class TestSeveralAtOnce:
    def test_all_are_counted_in_one_transaction(
        self, limiter: RateLimiter, calls: CountedCalls
    ) -> None:
        spend(limiter, (POLICY, "net"), (SLOWER, "ann"), (TRIES, "code"))
        assert calls.names == ["transact_write_items"]
        assert limiter.spend(POLICY, "net").remaining == 0

    def test_a_refusal_of_one_counts_none(self, delays: RateLimiter) -> None:
        for _ in range(2):
            spend(delays, (TRIES, "code"))
        with pytest.raises(TriesSpent):
            spend(delays, (POLICY, "net"), (SLOWER, "ann"), (TRIES, "code"))
        assert delays.spend(POLICY, "net").remaining == 1

    def test_one_try_is_given_back_and_no_more(self, delays: RateLimiter, table: Table) -> None:
        for _ in range(2):
            spend(delays, (POLICY, "net"))
        table.transact([delays.give_back(POLICY, "net"), delays.forget(SLOWER, "ann")])
        assert delays.spend(POLICY, "net").remaining == 0
        with pytest.raises(RateLimited):
            delays.spend(POLICY, "net")

    def test_the_longest_wait_is_told(self, limiter: RateLimiter, clock: MovableClock) -> None:
        for _ in range(3):
            spend(limiter, (SLOWER, "ann"))
        for _ in range(2):
            spend(limiter, (POLICY, "net"))
        with pytest.raises(RateLimited) as refused:
            spend(limiter, (SLOWER, "ann"), (POLICY, "net"))
        assert refused.value.code == "rate_limited"
        assert refused.value.retry_after_seconds == 60
