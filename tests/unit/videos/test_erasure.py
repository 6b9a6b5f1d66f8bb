"""Who leaves takes their videos along, and their name off those of others."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table, Write
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.principal import Principal, UserId
from socialflow.videos import keys
from socialflow.videos.erasure import VideoErasure
from socialflow.videos.models import Visibility
from socialflow.videos.takeout import Takeout
from tests.unit.videos.world import VideosWorld


@pytest.fixture
def table(aws: None) -> Table:
    return Table(lambda: client("dynamodb"), "videos")


@pytest.fixture
def plan(world: VideosWorld, table: Table) -> ErasurePlan:
    return VideoErasure(table, world.videos, world.viewers).plan()


def leaving(who: Principal) -> Leaving:
    return Leaving(
        user_id=who.user_id, handle=who.handle, anonymous_id=UserId("gone_1"), pass_number=1
    )


def run(plan: ErasurePlan, who: Leaving, limit: int = 10) -> None:
    for step in plan.steps.values():
        while step(who, limit):
            pass


class TestOwn:
    def test_are_hidden_at_once_and_listed_until_they_are_purged(
        self, world: VideosWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        ready, open_ = world.finish(ann), world.create(ann)
        run(plan, leaving(ann), limit=1)
        assert world.videos.list_of_owner(ann.user_id, after=None, limit=10).videos == ()
        assert world.now(ready).deleted_at
        assert plan.left(leaving(ann)) == 1
        world.housekeeping.discard(ready.id)
        assert plan.left(leaving(ann)) == 1
        world.housekeeping.discard(open_.id)
        assert plan.left(leaving(ann)) == 0
        assert world.objects() == []
        assert world.open_uploads() == 0

    def test_of_others_stay(self, world: VideosWorld, plan: ErasurePlan) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        bens = world.finish(ben)
        run(plan, leaving(ann))
        assert world.now(bens).deleted_at is None
        assert world.objects()


class TestShares:
    def test_of_others_lose_the_name_and_count_it_off(
        self, world: VideosWorld, plan: ErasurePlan, table: Table
    ) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        video = world.finish(ben, visibility=Visibility.PRIVATE)
        world.catalog.share(ben, video.id, "ann")
        assert plan.left(leaving(ann)) == 1
        run(plan, leaving(ann))
        assert plan.left(leaving(ann)) == 0
        assert not world.viewers.has(video.id, ann.user_id)
        item = table.get(keys.video_key(video.id))
        assert item
        assert item["viewer_count"] == 0

    def test_of_a_video_that_is_gone_go_too(
        self, world: VideosWorld, plan: ErasurePlan, table: Table
    ) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        video = world.finish(ben, visibility=Visibility.PRIVATE)
        world.catalog.share(ben, video.id, "ann")
        table.write(Write(key=keys.video_key(video.id), delete=True))
        run(plan, leaving(ann))
        assert plan.left(leaving(ann)) == 0


def test_an_export_tells_of_videos_and_shares(world: VideosWorld, table: Table) -> None:
    ann, ben = world.person("ann"), world.person("ben")
    mine = world.finish(ann, visibility=Visibility.PRIVATE, title="Mine")
    world.catalog.share(ann, mine.id, "ben")
    gone = world.create(ann, title="Given up")
    world.catalog.delete(ann, gone.id)
    hers = world.finish(ben, visibility=Visibility.PRIVATE)
    world.catalog.share(ben, hers.id, "ann")
    sections = Takeout(table).sections(ann.user_id)
    found: dict[str, list[Any]] = {name: list(items) for name, items in sections}
    (video,) = found["videos"]
    assert (video["id"], video["title"], video["status"]) == (mine.id, "Mine", "ready")
    assert video["file"]["file_name"]
    assert "upload_id" not in video["file"]
    assert [(each["video_id"], each["user_id"]) for each in found["shared_by_you"]] == [
        (mine.id, ben.user_id)
    ]
    assert [each["video_id"] for each in found["shared_with_you"]] == [hers.id]
