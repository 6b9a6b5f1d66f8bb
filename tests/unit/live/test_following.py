"""Streams come and go, and broadcasts follow: in any order, twice, or without being told."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

import pytest

from socialflow.live.following import GOES_ON, KEPT_AWAY
from socialflow.live.models import STARTING_LIMIT, Broadcast, State, Visibility
from socialflow.live.sessions import MAX_SESSIONS, IncidentKind
from socialflow.platform.principal import Principal
from tests.unit.live.world import WINDOW, LiveWorld


def only(world: LiveWorld, owner: Principal) -> Broadcast:
    """The owner's only broadcast."""
    (found,) = world.rows.list_of_owner(owner.user_id, after=None, limit=10).broadcasts
    return world.now(found)


class TestAStreamThatIsExpected:
    def test_takes_its_broadcast_live_and_to_its_end(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        assert broadcast.state is State.LIVE
        assert broadcast.started_at == world.clock()
        world.clock.move(minutes=5)
        world.fake.end(broadcast.channel_id)
        world.tell()
        assert world.now(broadcast).state is State.ENDING
        world.clock.move(seconds=WINDOW.total_seconds())
        world.fold.due(broadcast.id)
        ended = world.now(broadcast)
        assert ended.state is State.ENDED
        assert ended.ended_at == ended.started_at + timedelta(minutes=5)  # type: ignore[operator]
        assert world.channels.show(ann).current_broadcast_id is None

    def test_comes_back_within_the_window(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.clock.move(minutes=5)
        world.fake.end(broadcast.channel_id)
        world.clock.move(seconds=30)
        world.fake.start(broadcast.channel_id)
        world.tell()
        again = world.now(broadcast)
        assert again.state is State.LIVE
        assert len(again.sessions) == 2

    def test_comes_back_too_late(self, world: LiveWorld, ann: Principal) -> None:
        first = world.live(ann)
        world.clock.move(minutes=5)
        world.fake.end(first.channel_id)
        world.clock.move(seconds=WINDOW.total_seconds() + 1)
        world.fake.start(first.channel_id)
        world.tell()
        assert world.now(first).state is State.ENDED
        newest, _ = world.rows.list_of_owner(ann.user_id, after=None, limit=10).broadcasts
        assert newest.state is State.LIVE
        assert newest.title == "ann is live"
        assert world.channels.show(ann).current_broadcast_id == newest.id

    @pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.UNLISTED])
    def test_comes_back_too_late_and_stays_as_hidden_as_it_was(
        self, world: LiveWorld, ann: Principal, visibility: Visibility
    ) -> None:
        first = world.live(ann, visibility=visibility)
        world.fake.end(first.channel_id)
        world.clock.move(seconds=WINDOW.total_seconds() + 1)
        world.fake.start(first.channel_id)
        world.tell()
        newest, _ = world.rows.list_of_owner(ann.user_id, after=None, limit=10).broadcasts
        assert newest.state is State.LIVE
        assert newest.visibility is visibility
        assert world.catalog.list_live(None, after=None, limit=10).views == ()

    def test_comes_when_nobody_waits_any_more_and_is_hidden_all_the_same(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        waiting = world.create(ann, visibility=Visibility.PRIVATE)
        world.clock.move(seconds=STARTING_LIMIT.total_seconds() + 1)
        world.fake.start(waiting.channel_id)
        world.tell()
        newest, _ = world.rows.list_of_owner(ann.user_id, after=None, limit=10).broadcasts
        assert (newest.state, newest.visibility) == (State.LIVE, Visibility.PRIVATE)

    @pytest.mark.parametrize("is_ended_by_creator", [True, False])
    def test_is_as_the_channel_says_once_the_hidden_one_is_behind(
        self, world: LiveWorld, ann: Principal, is_ended_by_creator: bool
    ) -> None:
        first = world.live(ann, visibility=Visibility.PRIVATE)
        if is_ended_by_creator:
            world.broadcasts.end(ann, first.id)
        world.fake.end(first.channel_id)
        world.tell()
        away = KEPT_AWAY if is_ended_by_creator else GOES_ON + WINDOW
        world.clock.move(seconds=away.total_seconds() + 1)
        world.fake.start(first.channel_id)
        world.tell()
        newest, _ = world.rows.list_of_owner(ann.user_id, after=None, limit=10).broadcasts
        assert (newest.state, newest.visibility) == (State.LIVE, Visibility.PUBLIC)

    @pytest.mark.parametrize("seed", range(4))
    def test_in_any_order_and_any_number_of_times(
        self, world: LiveWorld, ann: Principal, seed: int
    ) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        for _ in range(3):
            world.fake.start(broadcast.channel_id)
            world.fake.starve(broadcast.channel_id)
            world.clock.move(seconds=20)
            world.fake.end(broadcast.channel_id)
            world.clock.move(seconds=5)
        events = world.said * 2
        random.Random(seed).shuffle(events)  # noqa: S311 - an order, not a secret
        for envelope in events:
            world.deliver(envelope)
        heard = world.now(broadcast)
        assert heard.state is State.ENDING
        assert len(heard.recordings) == 3
        assert [each.over_at for each in heard.in_order] == [
            each.recording.started_at + timedelta(seconds=20)
            for each in heard.in_order
            if each.recording
        ]
        assert len(heard.incidents) == 6
        assert {each.kind for each in heard.incidents} == {
            IncidentKind.STARVATION_START,
            IncidentKind.STARVATION_END,
        }

    def test_of_too_many_connections_begins_another_broadcast(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        for _ in range(MAX_SESSIONS):
            world.fake.end(broadcast.channel_id)
            world.clock.move(seconds=1)
            world.fake.start(broadcast.channel_id)
            world.tell()
        assert world.now(broadcast).state is State.ENDED
        assert len(world.now(broadcast).sessions) == MAX_SESSIONS
        current = world.channels.show(ann).current_broadcast_id
        assert current
        assert current != broadcast.id


class TestAStreamThatNobodyWaitsFor:
    def test_makes_one_broadcast_with_the_defaults(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        world.channels.edit(ann, {"title": "At sea", "replay": False}, expected_edits=None)
        world.fake.start(channel.id)
        events = world.said * 2
        for envelope in events:
            world.deliver(envelope)
        made = only(world, ann)
        assert made.state is State.LIVE
        assert (made.title, made.replay) == ("At sea", False)
        assert world.channels.show(ann).current_broadcast_id == made.id

    @pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
    def test_makes_one_whatever_is_heard_first(
        self, world: LiveWorld, ann: Principal, order: tuple[int, ...]
    ) -> None:
        channel = world.ready(ann)
        world.fake.start(channel.id)
        world.clock.move(seconds=20)
        world.fake.end(channel.id)
        kinds = ("Stream Start", "Stream End", "Recording Start", "Recording End")
        events = {_name(each): each for each in world.said}
        for place in order:
            world.deliver(events[kinds[place]])
        made = only(world, ann)
        assert made.state is State.ENDING
        assert len(made.recordings) == 1

    def test_of_somebody_else_s_channel_is_left_alone(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        channel = world.ready(ann)
        world.fake.start(channel.id)
        for envelope in world.said:
            envelope["resources"] = ["arn:aws:ivs:eu-west-1:1:channel/another"]
        world.tell()
        assert world.rows.list_of_owner(ann.user_id, after=None, limit=1).broadcasts == ()

    def test_and_is_long_over_does_not_take_the_channel(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        channel = world.ready(ann)
        world.fake.start(channel.id)
        world.clock.move(seconds=20)
        world.fake.end(channel.id)
        late, world.said[:] = list(world.said), []
        world.clock.move(hours=3)
        current = world.live(ann)
        for envelope in late:
            world.deliver(envelope)
        assert world.now(current).state is State.LIVE
        assert len(world.now(current).sessions) == 1
        assert world.channels.show(ann).current_broadcast_id == current.id
        (older,) = [
            each
            for each in world.rows.list_of_owner(ann.user_id, after=None, limit=9).broadcasts
            if each.id != current.id
        ]
        assert older.state is State.ENDED
        assert len(older.recordings) == 1


class TestEndingOnPurpose:
    def test_ends_when_the_stream_has_been_stopped(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        assert world.broadcasts.end(ann, broadcast.id).state is State.ENDING
        world.following.stop(broadcast.id)
        world.tell()
        assert world.now(broadcast).state is State.ENDED

    def test_does_not_stop_a_later_stream(self, world: LiveWorld, ann: Principal) -> None:
        first = world.live(ann)
        world.broadcasts.end(ann, first.id)
        world.fake.end(first.channel_id)
        world.tell()
        world.clock.move(seconds=1)
        second = world.live(ann)
        world.following.stop(first.id)
        assert world.said == []
        assert world.now(second).state is State.LIVE

    def test_an_encoder_that_comes_back_by_itself_is_sent_away(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        world.broadcasts.end(ann, broadcast.id)
        world.following.stop(broadcast.id)
        for _ in range(3):
            world.clock.move(seconds=KEPT_AWAY.total_seconds() - 10)
            world.fake.start(broadcast.channel_id)
            world.tell()
            world.tell()
        assert only(world, ann).state is State.ENDED
        assert all(each.ended_at for each in world.fake.streams)

    def test_one_that_comes_much_later_is_welcome(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.broadcasts.end(ann, broadcast.id)
        world.following.stop(broadcast.id)
        world.tell()
        world.clock.move(seconds=KEPT_AWAY.total_seconds() + 1)
        world.fake.start(broadcast.channel_id)
        world.tell()
        newest = world.rows.list_of_owner(ann.user_id, after=None, limit=10).broadcasts[0]
        assert newest.state is State.LIVE


def _name(envelope: dict[str, dict[str, str]]) -> str:
    detail = envelope["detail"]
    return detail.get("event_name") or detail["recording_status"]
