"""Heartbeats in, counts out: who watches, how many at most, how many in all."""

from __future__ import annotations

import pytest

from socialflow.live.audience_repository import AudienceRepository
from socialflow.live.counting import SLOT_SECONDS, slot_of
from socialflow.live.errors import ViewerTokenInvalid
from socialflow.live.models import Broadcast, State
from socialflow.platform.dynamodb import Table
from socialflow.platform.principal import Principal
from tests.unit.doubles import CountedCalls
from tests.unit.live.world import LiveWorld


def beat(world: LiveWorld, broadcast: Broadcast, *viewers: Principal | None) -> None:
    for viewer in viewers:
        token = world.playback.give(viewer, broadcast.id).viewer_token
        world.heartbeats.beat(broadcast.id, token, latency_ms=2500)


def points(world: LiveWorld, broadcast: Broadcast) -> list[int | None]:
    history = world.audience.history(broadcast.id)
    assert history
    return [point.viewers for point in history.points]


class TestHeartbeats:
    def test_without_a_token_of_ours(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        with pytest.raises(ViewerTokenInvalid):
            world.heartbeats.beat(broadcast.id, "vt1.nothing", latency_ms=None)

    def test_cost_one_write(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        token = world.playback.give(None, broadcast.id).viewer_token
        world.table_calls.names.clear()
        world.heartbeats.beat(broadcast.id, token, latency_ms=None)
        assert world.table_calls.names == ["put_item"]


class TestCounting:
    def test_counts_a_person_once_however_many_tabs(
        self, world: LiveWorld, ann: Principal, ben: Principal
    ) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, ann, ben, ben, None, None)
        world.fold.due(broadcast.id)
        assert world.now(broadcast).viewers == 4
        assert world.now(broadcast).peak_viewers == 4

    def test_twice_changes_nothing(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, ann, None)
        world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        once, kept = world.now(broadcast), world.audience.history(broadcast.id)
        world.fold.due(broadcast.id)
        assert world.now(broadcast) == once
        assert world.audience.history(broadcast.id) == kept

    def test_goes_down_and_the_peak_stays(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, ann, None, None)
        world.fold.due(broadcast.id)
        world.clock.move(seconds=2 * SLOT_SECONDS)
        beat(world, broadcast, ann)
        world.fold.due(broadcast.id)
        now = world.now(broadcast)
        assert (now.viewers, now.peak_viewers) == (1, 3)

    def test_catches_up_with_what_was_missed(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        for number in (3, 1, 2):
            beat(world, broadcast, *[None] * number)
            world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        assert points(world, broadcast) == [3, 1, 2]
        assert world.now(broadcast).peak_viewers == 3
        history = world.audience.history(broadcast.id)
        assert history
        assert history.uniques.count() == 6

    def test_counts_a_heartbeat_that_came_at_the_last_moment(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, None)
        late = world.clock()
        world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        world.audience.be_present(broadcast.id, "late", late, None)
        world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        assert points(world, broadcast) == [2, 0]

    def test_keeps_ivs_s_count_beside_ours(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, None)
        world.audience.note_ivs_viewers(broadcast.id, world.clock(), 7)
        world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        history = world.audience.history(broadcast.id)
        assert history
        (point,) = history.points
        assert (point.viewers, point.ivs_viewers, point.latency_ms) == (1, 7, 2500)

    def test_costs_seven_round_trips(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, None)
        world.clock.move(seconds=SLOT_SECONDS)
        world.table_calls.names.clear()
        world.fold.due(broadcast.id)
        queries, reads = ["query"] * 4, ["get_item"] * 2
        assert sorted(world.table_calls.names) == [*reads, *queries, "transact_write_items"]


class TestRaces:
    def test_one_that_was_hidden_meanwhile_is_not_listed_again(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        beat(world, broadcast, None)
        hidden = {"visibility": "private"}
        changed: list[bool] = []

        class Meddling(CountedCalls):
            def transact_write_items(self, **arguments: object) -> object:
                if not changed:
                    changed.append(True)
                    world.broadcasts.edit(ann, broadcast.id, hidden, expected_edits=None)
                return self._client.transact_write_items(**arguments)

        meddling: object = Meddling(world.table_calls)
        table = Table(lambda: meddling, "live")  # type: ignore[arg-type,return-value]
        world.fold._audience = AudienceRepository(table)
        world.clock.move(seconds=SLOT_SECONDS)
        world.fold.due(broadcast.id)
        assert changed
        assert world.now(broadcast).peak_viewers == 1
        assert world.catalog.list_live(None, after=None, limit=5).views == ()

    def test_nobody_is_counted_before_it_began_or_after_it_ended(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        world.audience.be_present(broadcast.id, "early", world.clock(), None)
        world.fold.due(broadcast.id)
        assert points(world, broadcast) == []
        world.broadcasts.end(ann, broadcast.id)
        world.audience.be_present(broadcast.id, "late", world.clock(), None)
        world.clock.move(seconds=SLOT_SECONDS)
        assert world.fold.due(broadcast.id)
        assert points(world, broadcast) == []
        assert world.now(broadcast).state is State.ENDED

    def test_one_that_is_gone_is_no_trouble(self, world: LiveWorld) -> None:
        assert world.fold.due("brd_" + "0" * 26) is None

    def test_slots_are_half_minutes(self, world: LiveWorld) -> None:
        assert slot_of(world.clock()) * SLOT_SECONDS == int(world.clock().timestamp())
