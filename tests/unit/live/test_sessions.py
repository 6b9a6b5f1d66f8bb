"""Accounts of a stream, merged: the order in which they come and their number do not matter."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.live.sessions import (
    MAX_INCIDENTS,
    Incident,
    IncidentKind,
    Recording,
    RecordingStatus,
    Session,
    merged,
    merged_incidents,
)
from tests.unit.doubles import START

MOMENTS = st.integers(0, 5).map(lambda minutes: START + timedelta(minutes=minutes))
RECORDINGS = st.builds(
    Recording,
    status=st.sampled_from(RecordingStatus),
    duration_ms=st.integers(0, 3),
    bucket=st.just("recordings"),
    key_prefix=st.sampled_from(["ivs/v1/a", "ivs/v1/b"]),
    started_at=MOMENTS,
)
SESSIONS = st.builds(
    Session,
    stream_id=st.just("st-1"),
    started_at=st.none() | MOMENTS,
    disconnected_at=st.none() | MOMENTS,
    ended_at=st.none() | MOMENTS,
    failed=st.booleans(),
    recording=st.none() | RECORDINGS,
)
INCIDENTS = st.lists(
    st.builds(Incident, at=MOMENTS, kind=st.sampled_from(IncidentKind), text=st.just("")),
    max_size=8,
)


class TestMerging:
    @given(SESSIONS, SESSIONS)
    def test_is_commutative(self, one: Session, other: Session) -> None:
        assert merged(one, other) == merged(other, one)

    @given(SESSIONS, SESSIONS, SESSIONS)
    def test_is_associative(self, one: Session, two: Session, three: Session) -> None:
        assert merged(merged(one, two), three) == merged(one, merged(two, three))

    @given(SESSIONS)
    def test_is_idempotent(self, one: Session) -> None:
        assert merged(one, one) == one

    @given(st.lists(SESSIONS, min_size=1, max_size=6), st.randoms())
    def test_comes_to_the_same_in_any_order_with_any_repeats(
        self, accounts: list[Session], random: Random
    ) -> None:
        again = accounts + accounts[::2]
        random.shuffle(again)
        assert reduce(merged, again) == reduce(merged, accounts)

    def test_of_two_streams_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="two streams"):
            merged(Session(stream_id="st-1"), Session(stream_id="st-2"))

    def test_keeps_the_recording_that_is_furthest(self) -> None:
        started = _recording(RecordingStatus.STARTED, 0)
        ended = _recording(RecordingStatus.ENDED, 9000)
        one = Session(stream_id="st-1", recording=started)
        other = Session(stream_id="st-1", recording=ended)
        assert merged(other, one).recording == ended


class TestIncidents:
    @given(INCIDENTS, INCIDENTS)
    def test_are_a_union(self, one: list[Incident], other: list[Incident]) -> None:
        both = merged_incidents(one, other)
        assert both == merged_incidents(other, one) == merged_incidents(both, other)
        assert list(both) == sorted(both)

    def test_are_bounded_and_the_latest_stay(self) -> None:
        many = [
            Incident(at=START + timedelta(seconds=n), kind=IncidentKind.LIMIT_BREACH, text="")
            for n in range(MAX_INCIDENTS + 5)
        ]
        assert merged_incidents(many[:60], many[50:]) == tuple(many[5:])


class TestASession:
    def test_runs_from_its_start_to_its_end(self) -> None:
        unheard = Session(stream_id="st-1")
        assert not unheard.is_running
        assert Session(stream_id="st-1", started_at=START).is_running
        assert not Session(stream_id="st-1", started_at=START, ended_at=START).is_running
        assert not Session(stream_id="st-1", started_at=START, disconnected_at=START).is_running

    def test_that_is_recorded_to_its_end_is_over_though_nobody_said_so(self) -> None:
        recording = _recording(RecordingStatus.ENDED, 9000)
        assert not Session(stream_id="st-1", started_at=START, recording=recording).is_running

    def test_that_only_disconnected_was_never_to_be_watched(self) -> None:
        assert Session(stream_id="st-1", disconnected_at=START).began_at is None


def _recording(status: RecordingStatus, duration_ms: int) -> Recording:
    return Recording(
        status=status,
        duration_ms=duration_ms,
        bucket="recordings",
        key_prefix="ivs/v1/a",
        started_at=START,
    )
