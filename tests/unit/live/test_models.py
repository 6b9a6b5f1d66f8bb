"""The state of a broadcast: of its sessions, its creator's acts and the time alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.live.models import (
    OPENING_SLACK,
    STARTING_LIMIT,
    Broadcast,
    BroadcastId,
    ChannelId,
    State,
    Visibility,
    broadcast_of_stream,
    channel_of,
    replay_of,
    settled,
    state_at,
    takes_in,
    told,
)
from socialflow.live.sessions import MAX_SESSIONS, Recording, RecordingStatus, Session
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import UserId
from tests.unit.doubles import START

WINDOW = timedelta(seconds=60)
ULID = "01M7YQ1WE0000000000000000Z"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def a_broadcast(*sessions: Session, **changes: Any) -> Broadcast:
    broadcast = Broadcast(
        id=BroadcastId(f"brd_{ULID}"),
        channel_id=ChannelId(f"chn_{ULID}"),
        owner_id=UserId(f"usr_{ULID}"),
        state=State.STARTING,
        title="First light",
        visibility=Visibility.PUBLIC,
        created_at=START,
        opened_at=START,
        sessions={each.stream_id: each for each in sessions},
    )
    return replace(broadcast, **changes)


def session(
    number: int = 1, began: float | None = 1, over: float | None = None, **more: Any
) -> Session:
    return Session(
        stream_id=f"st-{number}",
        started_at=None if began is None else START + minutes(began),
        ended_at=None if over is None else START + minutes(over),
        **more,
    )


def recorded(number: int, began: float, lasted: float) -> Session:
    recording = Recording(
        status=RecordingStatus.ENDED,
        duration_ms=int(lasted * 60_000),
        bucket="recordings",
        key_prefix=f"ivs/{number}",
        started_at=START + minutes(began),
    )
    return Session(stream_id=f"st-{number}", recording=recording)


MOMENTS = st.none() | st.integers(0, 5).map(lambda number: START + minutes(number))
ACCOUNTS = st.builds(
    Session,
    stream_id=st.sampled_from(["st-1", "st-2", "st-3"]),
    started_at=MOMENTS,
    disconnected_at=MOMENTS,
    ended_at=MOMENTS,
    recording=st.none() | st.integers(1, 3).map(lambda number: recorded(1, 1, number).recording),
)


class TestState:
    @pytest.mark.parametrize(
        ("broadcast", "at", "state"),
        [
            (a_broadcast(opened_at=None), 0, State.SCHEDULED),
            (a_broadcast(opened_at=None), 60 * 24 * 300, State.SCHEDULED),
            (a_broadcast(), 0, State.STARTING),
            (a_broadcast(session(began=None)), 1, State.STARTING),
            (a_broadcast(session()), 2, State.LIVE),
            (a_broadcast(session(over=5)), 5.5, State.ENDING),
            (a_broadcast(session(over=5)), 6, State.ENDED),
            (a_broadcast(session(over=5), session(2, 5.5)), 60, State.LIVE),
            (a_broadcast(session(), closed_at=START + minutes(2)), 3, State.ENDING),
            (a_broadcast(session(over=3), closed_at=START + minutes(2)), 3, State.ENDED),
            (a_broadcast(closed_at=START), 0, State.ENDED),
            (a_broadcast(recorded(1, 1, 4)), 5.5, State.ENDING),
            (a_broadcast(session(), concluded_at=START), 2, State.ENDED),
        ],
    )
    def test_is(self, broadcast: Broadcast, at: float, state: State) -> None:
        assert state_at(broadcast, START + minutes(at), WINDOW) is state

    def test_of_one_that_nobody_streams_to_is_over_after_hours(self) -> None:
        late = START + STARTING_LIMIT
        assert state_at(a_broadcast(), late - minutes(1), WINDOW) is State.STARTING
        assert state_at(a_broadcast(), late, WINDOW) is State.ENDED

    def test_never_leaves_its_end(self) -> None:
        ended = settled(a_broadcast(session(over=5)), START + minutes(7), WINDOW)
        again = told(ended, session(2, 6))
        assert settled(again, START + minutes(8), WINDOW).state is State.ENDED

    def test_that_has_ended_has_no_viewers(self) -> None:
        live = a_broadcast(session(over=5), viewers=7)
        assert settled(live, START + minutes(5), WINDOW).viewers == 0


class TestTimes:
    def test_are_those_of_the_sessions(self) -> None:
        broadcast = a_broadcast(session(1, 1, 3), session(2, 3.5, 9))
        ended = settled(broadcast, START + minutes(20), WINDOW)
        assert ended.started_at == START + minutes(1)
        assert ended.ended_at == START + minutes(9)
        assert ended.concluded_at == START + minutes(20)

    def test_of_one_that_never_went_live_are_its_creator_s(self) -> None:
        broadcast = a_broadcast(closed_at=START + minutes(2))
        ended = settled(broadcast, START + minutes(2), WINDOW)
        assert ended.started_at is None
        assert ended.ended_at == START + minutes(2)

    def test_recordings_are_in_order(self) -> None:
        broadcast = a_broadcast(recorded(2, 5, 1), recorded(1, 1, 3), session(3, 8))
        assert [each.stream_id for each in broadcast.recordings] == ["st-1", "st-2"]


class TestTakingIn:
    def test_what_begins_while_it_waits(self) -> None:
        assert takes_in(a_broadcast(), session(), START + minutes(1), WINDOW)

    def test_what_began_a_little_before_it_was_opened(self) -> None:
        before = START - OPENING_SLACK + minutes(1)
        assert takes_in(a_broadcast(), session(began=None), before, WINDOW)
        assert not takes_in(a_broadcast(), session(over=2), START - minutes(1), WINDOW)

    def test_what_comes_back_in_time_and_not_what_comes_late(self) -> None:
        broadcast = a_broadcast(session(over=5))
        assert takes_in(broadcast, session(2, 5.9), START + minutes(5.9), WINDOW)
        assert not takes_in(broadcast, session(2, 6), START + minutes(6), WINDOW)

    @pytest.mark.parametrize("act", ["closed_at", "concluded_at"])
    def test_nothing_once_it_is_over(self, act: str) -> None:
        over = a_broadcast(**{act: START + minutes(1)})
        assert not takes_in(over, session(2, 2), START + minutes(2), WINDOW)

    def test_no_more_than_fit(self) -> None:
        sessions = [session(number, number, number + 0.5) for number in range(MAX_SESSIONS)]
        full = a_broadcast(*sessions)
        at = MAX_SESSIONS - 0.4
        assert not takes_in(full, session(99, at), START + minutes(at), WINDOW)


class TestTelling:
    @given(st.lists(ACCOUNTS, min_size=1, max_size=8), st.randoms())
    def test_comes_to_the_same_whatever_is_told_first(
        self, accounts: list[Session], random: Random
    ) -> None:
        """In any order, with repeats, settled in between or only at the end."""
        at = START + minutes(3)
        straight = a_broadcast()
        for each in accounts:
            straight = told(straight, each)
        again = accounts + accounts[::2]
        random.shuffle(again)
        shuffled = a_broadcast()
        for each in again:
            shuffled = told(shuffled, each)
        assert shuffled.sessions == straight.sessions
        assert settled(shuffled, at, WINDOW) == settled(straight, at, WINDOW)
        assert settled(settled(straight, at, WINDOW), at, WINDOW) == settled(straight, at, WINDOW)


class TestIds:
    def test_of_what_belongs_together(self) -> None:
        assert same_ulid("usr_01K", "chn") == "chn_01K"
        assert channel_of(f"usr_{ULID}") == f"chn_{ULID}"
        assert replay_of(f"brd_{ULID}") == f"vid_{ULID}"

    def test_of_a_stream_s_own_broadcast_follow_from_the_stream(self) -> None:
        made = broadcast_of_stream("st-1", START)
        assert made == broadcast_of_stream("st-1", START)
        assert made != broadcast_of_stream("st-2", START)
        assert made[4:14] == ULID[:10]
