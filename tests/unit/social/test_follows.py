"""Following: refused, repeated, ended, listed; and what each asks of the table."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.social import keys
from socialflow.social.errors import FollowSelfRefused, PersonNotFound
from socialflow.social.models import shard_of
from tests.unit.social.conftest import SocialWorld


class TestFollowing:
    def test_somebody_who_is_not_there_is_refused(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        with pytest.raises(PersonNotFound) as refused:
            world.follows.follow(ann, "nobody")
        assert (refused.value.code, refused.value.status) == ("user_not_found", 404)

    def test_oneself_is_refused_before_anything_is_written(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        with pytest.raises(FollowSelfRefused):
            world.follows.follow(ann, "ANN")
        assert world.calls.names == []

    def test_again_keeps_since_when(self, world: SocialWorld) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        first = world.follows.follow(ann, "ben")
        world.clock.move(days=3)
        assert world.follows.follow(ann, "ben") == first == world.directory.followed_at(ann, ben)

    def test_is_one_write(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        world.person("ben")
        world.follows.follow(ann, "ben")
        assert world.calls.names == ["put_item"]

    def test_is_of_one_direction(self, world: SocialWorld) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        world.follows.follow(ann, "ben")
        assert world.directory.followed_at(ben, ann) is None
        assert world.follows.followed_since(ben, "ann") is None


class TestUnfollowing:
    def test_what_was_never_followed_is_fine(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        world.person("ben")
        world.follows.unfollow(ann, "ben")
        assert world.follows.followed_since(ann, "ben") is None

    def test_ends_it_and_following_anew_begins_anew(self, world: SocialWorld) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        first = world.follows.follow(ann, "ben")
        world.follows.unfollow(ann, "ben")
        assert world.directory.followed_at(ann, ben) is None
        world.clock.move(hours=1)
        assert world.follows.follow(ann, "ben") > first


class TestListing:
    def test_newest_first_and_every_page_once(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        for number in range(7):
            world.person(f"friend_{number}")
            world.clock.move(seconds=1)
            world.follows.follow(ann, f"friend_{number}")
        seen: list[str] = []
        after: str | None = None
        while True:
            page = world.follows.list_following(ann, after=after, limit=3)
            seen += [each.profile.handle for each in page.people]
            after = page.next_position
            if after is None:
                break
        assert seen == [f"friend_{number}" for number in reversed(range(7))]

    def test_is_one_query(self, world: SocialWorld) -> None:
        ann = world.person("ann")
        world.person("ben")
        world.follows.follow(ann, "ben")
        world.calls.names.clear()
        world.follows.list_following(ann, after=None, limit=20)
        assert world.calls.names == ["query"]


class TestFollowersOfSomebody:
    def test_lie_in_the_shard_that_their_id_says(self, world: SocialWorld) -> None:
        cleo = world.person("cleo")
        fans = [world.person(f"fan_{number}") for number in range(20)]
        for fan in fans:
            world.follows.follow(fan, "cleo")
        table = Table(lambda: client("dynamodb"), "social")
        found = {
            item["follower_id"]: shard
            for shard in range(keys.FOLLOWER_SHARDS)
            for item in table.query(
                keys.followers_partition(cleo, shard), index="gsi2", limit=100
            ).items
        }
        assert found == {fan: shard_of(fan, keys.FOLLOWER_SHARDS) for fan in fans}
        assert len(set(found.values())) > 1
