"""Once a minute: IVS is asked what is true, and both sides are brought together."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from socialflow.live.ivs import MAX_STREAM_PAGES, Ivs, TooManyStreams
from socialflow.live.models import ChannelState, State, StreamKeyState
from socialflow.platform.principal import Principal
from tests.unit.doubles import FakeClient
from tests.unit.live.world import LiveWorld


class TestBothDirections:
    def test_what_is_on_and_not_known_of_starts(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        world.fake.start(broadcast.channel_id)
        world.said.clear()
        world.follower.run()
        assert world.now(broadcast).state is State.LIVE

    def test_what_is_on_at_a_channel_that_nobody_follows_starts(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        channel = world.ready(ann)
        world.clock.move(minutes=5)
        world.follower.run()
        world.fake.start(channel.id)
        world.said.clear()
        report = world.follower.run()
        (made,) = world.rows.list_of_owner(ann.user_id, after=None, limit=5).broadcasts
        assert (made.state, report.live) == (State.LIVE, [made.id])

    def test_what_is_over_and_not_known_to_be_ends_when_ivs_says(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        world.clock.move(minutes=4)
        world.fake.end(broadcast.channel_id)
        ended_at = world.clock()
        world.said.clear()
        world.clock.move(seconds=30)
        world.follower.run()
        assert world.now(broadcast).state is State.ENDING
        assert world.now(broadcast).last_over_at == ended_at

    def test_what_ivs_no_longer_knows_is_over(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.clock.move(minutes=2)
        world.fake.streams.clear()
        world.follower.run()
        assert world.now(broadcast).last_over_at == world.clock()

    def test_what_ivs_does_not_know_yet_is_left_alone(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        """Its events can be faster than its lists, and what has ended does not begin again."""
        broadcast = world.live(ann)
        world.clock.move(seconds=119)
        world.fake.streams.clear()
        world.follower.run()
        assert world.now(broadcast).state is State.LIVE

    def test_what_started_after_ivs_listed_is_left_alone(
        self, world: LiveWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broadcast = world.live(ann)
        monkeypatch.setattr(world.fake, "_list_streams", lambda _: {"streams": []})
        world.follower.run()
        assert world.now(broadcast).state is State.LIVE

    def test_what_was_lost_of_a_reconnect_comes_back(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        world.fake.end(broadcast.channel_id)
        world.clock.move(seconds=5)
        world.fake.start(broadcast.channel_id)
        world.said.clear()
        world.follower.run()
        again = world.now(broadcast)
        assert again.state is State.LIVE
        assert [each.over_at is None for each in again.in_order] == [False, True]

    def test_nobody_is_held_to_a_list_that_is_cut_short(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        def endless(_operation: object, _parameters: object) -> object:
            return {"streams": [], "nextToken": "more"}

        client: object = FakeClient("ivs", endless)
        with pytest.raises(TooManyStreams, match=str(100 * MAX_STREAM_PAGES)):
            list(Ivs(lambda: client).live_streams())  # type: ignore[arg-type,return-value]


class TestWhatIsLeftBehind:
    def test_windows_close(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.fake.end(broadcast.channel_id)
        world.tell()
        world.clock.move(minutes=2)
        world.follower.run()
        assert world.now(broadcast).state is State.ENDED

    def test_streams_that_should_have_been_stopped_are(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        world.broadcasts.end(ann, broadcast.id)
        world.follower.run()
        world.tell()
        assert world.now(broadcast).state is State.ENDED

    def test_channels_and_keys_that_are_stuck_are_made(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.channels.request(ann)
        assert world.follower.run().stuck == 0
        world.clock.move(minutes=3)
        assert world.follower.run().stuck == 1
        assert world.channels.show(ann).state is ChannelState.READY
        world.channels.rotate_key(ann)
        world.clock.move(minutes=3)
        assert world.follower.run().stuck == 1
        assert world.channels.show(ann).stream_key_state is StreamKeyState.READY

    def test_channels_with_nothing_to_do_are_left_in_peace(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        world.clock.move(minutes=3)
        world.follower.run()
        assert list(world.channel_rows.due_for_check()) == []

    def test_one_that_fails_stops_no_other(
        self, world: LiveWorld, ann: Principal, ben: Principal
    ) -> None:
        world.channels.request(ann)
        broadcast = world.live(ben)
        world.fake.throttled = 1
        world.clock.move(minutes=3)
        report = world.follower.run()
        assert report.failed == 1
        assert report.live == [broadcast.id]


class TestCounting:
    def test_is_asked_for_four_times_a_minute(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.follower.run()
        assert [each["DelaySeconds"] for each in world.sent] == [0, 15, 30, 45]
        bodies = [json.loads(each["MessageBody"]) for each in world.sent]
        assert {each["detail"]["broadcast_id"] for each in bodies} == {broadcast.id}

    def test_of_many_is_asked_for_in_batches(self, world: LiveWorld) -> None:
        for number in range(3):
            world.live(world.person(f"maker{number}"))
        world.follower.run()
        assert len(world.sent) == 12

    def test_by_ivs_is_noted(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.clock.move(seconds=30)
        world.follower.run()
        history = world.audience.history(broadcast.id)
        assert history
        assert [point.ivs_viewers for point in history.points] == [3]
        assert broadcast.started_at == world.clock() - timedelta(seconds=30)

    def test_by_ivs_is_not_noted_where_it_could_not_count(
        self, world: LiveWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broadcast = world.live(ann)
        listed = Ivs.live_streams
        monkeypatch.setattr(
            Ivs, "live_streams", lambda ivs: (replace(each, viewers=None) for each in listed(ivs))
        )
        report = world.follower.run()
        assert report.live == [broadcast.id]
        assert report.failed == 0
        history = world.audience.history(broadcast.id)
        assert history
        assert history.points == ()
