"""Named rate limits: fixed windows, one write a request."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.rate_limits import RateLimited, RateLimiter, RatePolicy
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
