"""The same request twice: done once, answered alike."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.idempotency import (
    KEEP,
    LEASE,
    Attempt,
    IdempotencyStore,
    KeyReused,
    RequestInProgress,
    StoredAnswer,
    id_from_seed,
)
from tests.unit.doubles import CountedIds, MovableClock

ANSWER = StoredAnswer(201, {}, '{"id": 1}')


class Requests:
    """One caller's requests under one key."""

    def __init__(self, store: IdempotencyStore) -> None:
        self._store = store
        self._which = {"caller": "usr_1", "operation": "POST /v1/videos", "key": "k"}

    def begin(self, body: bytes = b"{}", **other: str) -> Attempt | StoredAnswer:
        return self._store.begin(**{**self._which, **other}, body=body)

    def finish(self) -> None:
        self._store.finish(**self._which, answer=ANSWER)

    def release(self) -> None:
        self._store.release(**self._which)


@pytest.fixture
def requests(aws: None, clock: MovableClock, ids: CountedIds) -> Requests:
    table = Table(lambda: client("dynamodb"), "videos")
    return Requests(IdempotencyStore(table, new_id=ids, clock=clock))


def seed_of(begun: Attempt | StoredAnswer) -> str:
    assert isinstance(begun, Attempt)
    return begun.seed


class TestRepeating:
    def test_another_body_is_refused(self, requests: Requests) -> None:
        requests.begin(b"one")
        with pytest.raises(KeyReused):
            requests.begin(b"two")

    def test_another_body_is_refused_after_the_answer_too(self, requests: Requests) -> None:
        requests.begin(b"one")
        requests.finish()
        with pytest.raises(KeyReused):
            requests.begin(b"two")

    def test_one_at_a_time(self, requests: Requests) -> None:
        requests.begin()
        with pytest.raises(RequestInProgress) as refused:
            requests.begin()
        assert refused.value.retryable

    def test_gets_the_kept_answer(self, requests: Requests) -> None:
        requests.begin()
        requests.finish()
        assert requests.begin() == ANSWER

    def test_goes_on_with_the_same_seed_where_the_first_died(
        self, requests: Requests, clock: MovableClock
    ) -> None:
        first = seed_of(requests.begin())
        clock.move(seconds=LEASE.total_seconds())
        assert seed_of(requests.begin()) == first

    def test_takes_the_lease_anew(self, requests: Requests, clock: MovableClock) -> None:
        requests.begin()
        clock.move(seconds=LEASE.total_seconds())
        requests.begin()
        with pytest.raises(RequestInProgress):
            requests.begin()

    def test_goes_on_at_once_after_a_failure(self, requests: Requests) -> None:
        first = seed_of(requests.begin())
        requests.release()
        assert seed_of(requests.begin()) == first

    def test_starts_anew_after_a_day(self, requests: Requests, clock: MovableClock) -> None:
        first = seed_of(requests.begin())
        requests.finish()
        clock.move(seconds=KEEP.total_seconds() + 1)
        assert seed_of(requests.begin(b"another")) != first

    @pytest.mark.parametrize(
        "other", [{"caller": "usr_2"}, {"operation": "POST /v1/x"}, {"key": "l"}]
    )
    def test_is_told_from_other_requests(self, requests: Requests, other: dict[str, str]) -> None:
        first = seed_of(requests.begin())
        assert seed_of(requests.begin(b"else", **other)) != first


class TestReleasing:
    def test_what_has_expired_leaves_nothing(self, requests: Requests, aws: None) -> None:
        requests.release()
        assert client("dynamodb").scan(TableName="videos")["Items"] == []


class TestIds:
    def test_come_from_the_seed(self) -> None:
        assert id_from_seed("seed_01ARZ3NDEKTSV4RRFFQ69G5FAV", "vid") == (
            "vid_01ARZ3NDEKTSV4RRFFQ69G5FAV"
        )
