"""What creators do with broadcasts, refusals first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from socialflow.live.broadcasts import SCHEDULED_WITHIN
from socialflow.live.errors import (
    BroadcastEditedMeanwhile,
    BroadcastNotFound,
    BroadcastNotStarted,
    BroadcastOver,
    BroadcastRunning,
    BroadcastStarted,
    ChannelNotFound,
    ScheduleInvalid,
)
from socialflow.live.models import STARTING_LIMIT, State, ThumbnailKind, Visibility
from socialflow.platform.principal import Principal
from tests.unit.live.world import A_BROADCAST, WINDOW, LiveWorld

SOON = timedelta(hours=2)


class TestMaking:
    def test_without_a_channel(self, world: LiveWorld, ann: Principal) -> None:
        with pytest.raises(ChannelNotFound):
            world.create(ann)
        with pytest.raises(ChannelNotFound):
            world.create(ann, scheduled_for=world.clock() + SOON)

    def test_a_second_one_while_the_first_is_on(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        first = world.create(ann)
        with pytest.raises(BroadcastRunning) as refused:
            world.create(ann)
        assert refused.value.details["broadcast_id"] == first.id

    @pytest.mark.parametrize(
        "ahead", [timedelta(0), -SOON, SCHEDULED_WITHIN + timedelta(seconds=1)]
    )
    def test_for_a_time_that_cannot_be(
        self, world: LiveWorld, ann: Principal, ahead: timedelta
    ) -> None:
        world.ready(ann)
        with pytest.raises(ScheduleInvalid):
            world.create(ann, scheduled_for=world.clock() + ahead)

    def test_waits_for_its_encoder(self, world: LiveWorld, ann: Principal) -> None:
        channel = world.ready(ann)
        broadcast = world.create(ann)
        assert broadcast.state is State.STARTING
        assert broadcast.channel_id == channel.id
        assert world.channels.show(ann).current_broadcast_id == broadcast.id

    def test_from_the_same_seed_makes_one(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        seed = world.ids("seed")
        first = world.broadcasts.create(ann, A_BROADCAST, seed=seed)
        world.clock.move(minutes=1)
        assert world.broadcasts.create(ann, A_BROADCAST, seed=seed) == first

    def test_takes_the_place_of_one_that_is_over_by_now(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        first = world.live(ann)
        world.fake.end(first.channel_id)
        world.tell()
        world.clock.move(seconds=WINDOW.total_seconds())
        second = world.create(ann)
        assert world.now(first).state is State.ENDED
        assert world.channels.show(ann).current_broadcast_id == second.id


class TestSchedules:
    def test_leave_the_channel_free_until_they_start(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        planned = world.create(ann, scheduled_for=world.clock() + SOON)
        assert planned.state is State.SCHEDULED
        assert world.channels.show(ann).current_broadcast_id is None
        current = world.create(ann)
        with pytest.raises(BroadcastRunning):
            world.broadcasts.start(ann, planned.id)
        world.broadcasts.end(ann, current.id)
        assert world.broadcasts.start(ann, planned.id).state is State.STARTING
        assert world.broadcasts.start(ann, planned.id).state is State.STARTING
        assert world.channels.show(ann).current_broadcast_id == planned.id

    def test_of_somebody_else_are_not_there(
        self, world: LiveWorld, ann: Principal, ben: Principal
    ) -> None:
        world.ready(ann)
        planned = world.create(ann, scheduled_for=world.clock() + SOON)
        for act in (world.broadcasts.start, world.broadcasts.end, world.broadcasts.delete):
            with pytest.raises(BroadcastNotFound):
                act(ben, planned.id)
        with pytest.raises(BroadcastNotFound):
            world.broadcasts.edit(ben, planned.id, {"title": "Mine"}, expected_edits=None)

    def test_are_deleted_and_not_ended(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        planned = world.create(ann, scheduled_for=world.clock() + SOON)
        with pytest.raises(BroadcastNotStarted):
            world.broadcasts.end(ann, planned.id)
        world.broadcasts.delete(ann, planned.id)
        with pytest.raises(BroadcastNotFound):
            world.broadcasts.delete(ann, planned.id)

    def test_that_have_started_are_not_deleted_nor_moved(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        started = world.create(ann)
        with pytest.raises(BroadcastStarted):
            world.broadcasts.delete(ann, started.id)
        later = {"scheduled_for": world.clock() + SOON}
        with pytest.raises(BroadcastStarted):
            world.broadcasts.edit(ann, started.id, later, expected_edits=None)

    def test_are_moved(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        planned = world.create(ann, scheduled_for=world.clock() + SOON)
        later = world.clock() + 2 * SOON
        world.broadcasts.edit(ann, planned.id, {"scheduled_for": later}, expected_edits=1)
        (listed,) = world.catalog.list_channel(
            None, "ann", State.SCHEDULED, after=None, limit=5
        ).views
        assert listed.broadcast.scheduled_for == later
        past = {"scheduled_for": world.clock() - SOON}
        with pytest.raises(ScheduleInvalid):
            world.broadcasts.edit(ann, planned.id, past, expected_edits=None)


class TestEditing:
    def test_a_version_that_is_gone(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        world.broadcasts.edit(ann, broadcast.id, {"title": "Dusk"}, expected_edits=1)
        with pytest.raises(BroadcastEditedMeanwhile):
            world.broadcasts.edit(ann, broadcast.id, {"title": "Night"}, expected_edits=1)

    def test_while_it_is_live_and_counted(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.clock.move(seconds=31)
        world.fold.due(broadcast.id)
        edited = world.broadcasts.edit(ann, broadcast.id, {"title": "Dusk"}, expected_edits=1)
        assert (edited.title, edited.state, edited.edits) == ("Dusk", State.LIVE, 2)

    def test_to_private_takes_its_picture_away(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        pictured = world.rows.save(broadcast, replace(broadcast, thumbnail=ThumbnailKind.AUTOMATIC))
        assert pictured.thumbnail
        hidden = world.broadcasts.edit(
            ann, broadcast.id, {"visibility": "private"}, expected_edits=None
        )
        assert hidden.visibility is Visibility.PRIVATE
        assert hidden.thumbnail is None


class TestEnding:
    def test_is_done_at_once_where_nobody_streams(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        ended = world.broadcasts.end(ann, broadcast.id)
        assert ended.state is State.ENDED
        assert world.broadcasts.end(ann, broadcast.id) == ended
        assert world.channels.show(ann).current_broadcast_id is None
        with pytest.raises(BroadcastOver):
            world.broadcasts.start(ann, broadcast.id)

    def test_cuts_the_reconnect_window_short(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.fake.end(broadcast.channel_id)
        world.tell()
        assert world.broadcasts.end(ann, broadcast.id).state is State.ENDED

    def test_of_one_that_nobody_streamed_to_comes_by_itself(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        world.clock.move(seconds=STARTING_LIMIT.total_seconds())
        assert world.catalog.show(ann, broadcast.id).state is State.ENDED
        world.fold.due(broadcast.id)
        assert world.now(broadcast).state is State.ENDED
