"""Who sees which broadcast where, and in how many round trips."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialflow.live.catalog import LATE_BY, UPCOMING
from socialflow.live.errors import BroadcastNotFound, OwnerNotFound
from socialflow.live.models import Broadcast, State, Visibility
from socialflow.platform.principal import Principal
from tests.unit.live.world import WINDOW, LiveWorld

SOON = timedelta(hours=2)


def sees(world: LiveWorld, viewer: Principal | None, broadcast: Broadcast) -> bool:
    try:
        world.catalog.show(viewer, broadcast.id)
    except BroadcastNotFound:
        return False
    return True


def listed_live(world: LiveWorld, category: str | None = None) -> list[str]:
    page = world.catalog.list_live(category, after=None, limit=10)
    return [view.broadcast.id for view in page.views]


def watched_by(world: LiveWorld, broadcast: Broadcast, number: int) -> None:
    for viewer in range(number):
        world.audience.be_present(broadcast.id, f"u{viewer}", world.clock(), None)
    world.fold.due(broadcast.id)


class TestShowing:
    @pytest.mark.parametrize(
        ("visibility", "to_others"), [("public", True), ("unlisted", True), ("private", False)]
    )
    def test_follows_from_visibility(
        self, world: LiveWorld, ann: Principal, ben: Principal, visibility: str, to_others: bool
    ) -> None:
        broadcast = world.live(ann)
        world.broadcasts.edit(ann, broadcast.id, {"visibility": visibility}, expected_edits=None)
        assert sees(world, ann, broadcast)
        assert sees(world, ben, broadcast) is to_others
        assert sees(world, None, broadcast) is to_others

    def test_is_told_by_the_time(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.fake.end(broadcast.channel_id)
        world.tell()
        assert world.catalog.show(None, broadcast.id).state is State.ENDING
        world.clock.move(seconds=WINDOW.total_seconds())
        view = world.catalog.show(None, broadcast.id)
        assert (view.state, view.ended_at) == (State.ENDED, broadcast.started_at)

    def test_names_the_replay_once_there_is_a_recording(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        assert world.catalog.show(None, broadcast.id).replay_video_id is None
        world.fake.end(broadcast.channel_id)
        world.tell()
        expected = broadcast.id.replace("brd_", "vid_")
        assert world.catalog.show(None, broadcast.id).replay_video_id == expected


class TestTheDirectory:
    def test_is_of_public_live_broadcasts_by_viewers(self, world: LiveWorld) -> None:
        people = [world.person(f"maker{number}") for number in range(5)]
        broadcasts = [world.live(each) for each in people]
        for broadcast, viewers in zip(broadcasts, (1, 3, 2, 9, 9), strict=True):
            watched_by(world, broadcast, viewers)
        hide = {3: "unlisted", 4: "private"}
        for place, visibility in hide.items():
            changes = {"visibility": visibility}
            world.broadcasts.edit(people[place], broadcasts[place].id, changes, expected_edits=None)
        expected = [broadcasts[place].id for place in (1, 2, 0)]
        assert listed_live(world) == expected
        assert listed_live(world, "music") == expected
        assert listed_live(world, "talk") == []
        world.fake.end(broadcasts[1].channel_id)
        world.tell()
        assert listed_live(world) == expected[1:]

    def test_moves_with_the_category(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        world.broadcasts.edit(ann, broadcast.id, {"category": "talk"}, expected_edits=None)
        assert listed_live(world, "music") == []
        assert listed_live(world, "talk") == [broadcast.id]

    def test_goes_on_from_a_cursor_whatever_moves(self, world: LiveWorld) -> None:
        broadcasts = [world.live(world.person(f"maker{number}")) for number in range(5)]
        for broadcast, viewers in zip(broadcasts, (5, 4, 3, 2, 1), strict=True):
            watched_by(world, broadcast, viewers)
        first = world.catalog.list_live(None, after=None, limit=2)
        # Somebody whom the caller has seen moves down, somebody else ends.
        world.clock.move(seconds=90)
        world.fake.end(broadcasts[3].channel_id)
        world.tell()
        rest = world.catalog.list_live(None, after=first.next_position, limit=10)
        assert [view.broadcast.id for view in rest.views] == [broadcasts[2].id, broadcasts[4].id]
        assert rest.next_position is None

    def test_costs_one_read_and_one_of_the_owners(self, world: LiveWorld, ann: Principal) -> None:
        world.live(ann)
        world.table_calls.names.clear()
        listed_live(world)
        assert world.table_calls.names == ["query"]


class TestAChannelsPage:
    def test_of_nobody(self, world: LiveWorld) -> None:
        with pytest.raises(OwnerNotFound):
            world.catalog.channel_page(None, "nobody")

    def test_of_somebody_who_never_asked_for_a_channel(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        page = world.catalog.channel_page(None, "ann")
        assert (page.current, page.upcoming) == (None, ())
        assert page.owner.handle == "ann"

    @pytest.mark.parametrize(
        ("visibility", "found"), [("public", True), ("unlisted", False), ("private", False)]
    )
    def test_shows_what_is_on_to_those_who_may_find_it(
        self, world: LiveWorld, ann: Principal, ben: Principal, visibility: str, found: bool
    ) -> None:
        broadcast = world.live(ann)
        world.broadcasts.edit(ann, broadcast.id, {"visibility": visibility}, expected_edits=None)
        assert (world.catalog.channel_page(ben, "ann").current is not None) is found
        assert world.catalog.channel_page(ann, "ann").current is not None

    def test_shows_what_is_to_come_soonest_first(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        for hours in (30, 3, 50):
            world.create(ann, scheduled_for=world.clock() + timedelta(hours=hours))
        world.create(ann, visibility=Visibility.PRIVATE, scheduled_for=world.clock() + SOON)
        upcoming = world.catalog.channel_page(None, "ann").upcoming
        assert [view.broadcast.scheduled_for for view in upcoming] == [
            world.clock() + timedelta(hours=hours) for hours in (3, 30, 50)
        ]
        world.clock.move(hours=3, seconds=LATE_BY.total_seconds() + 1)
        assert len(world.catalog.channel_page(None, "ann").upcoming) == 2 < UPCOMING

    def test_costs_two_reads_and_one_beside_them(self, world: LiveWorld, ann: Principal) -> None:
        world.live(ann)
        world.table_calls.names.clear()
        world.catalog.channel_page(None, "ann")
        assert sorted(world.table_calls.names) == ["get_item", "get_item", "query"]


class TestLists:
    def test_of_one_s_own_hold_everything(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        planned = world.create(ann, scheduled_for=world.clock() + SOON)
        current = world.create(ann, visibility=Visibility.PRIVATE)
        page = world.catalog.list_mine(ann, after=None, limit=1)
        rest = world.catalog.list_mine(ann, after=page.next_position, limit=5)
        shown = [view.broadcast.id for view in (*page.views, *rest.views)]
        assert shown == [current.id, planned.id]
        assert rest.next_position is None

    def test_of_what_is_over_hold_what_could_be_watched(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        watched = world.live(ann)
        world.clock.move(minutes=5)
        world.broadcasts.end(ann, watched.id)
        world.fake.end(watched.channel_id)
        world.tell()
        never = world.create(ann)
        world.broadcasts.end(ann, never.id)
        page = world.catalog.list_channel(None, "ann", State.ENDED, after=None, limit=5)
        assert [view.broadcast.id for view in page.views] == [watched.id]
        world.broadcasts.edit(ann, watched.id, {"visibility": "private"}, expected_edits=None)
        page = world.catalog.list_channel(None, "ann", State.ENDED, after=None, limit=5)
        assert page.views == ()
