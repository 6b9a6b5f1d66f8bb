"""Deleting, timing out, banning, lifting, naming moderators: refusals first, all written down."""

from __future__ import annotations

import pytest

from socialflow.chat import moderators
from socialflow.chat.errors import (
    ModeratorLimitReached,
    ModeratorRequired,
    OwnerRequired,
    PersonNotFound,
    TargetProtected,
)
from socialflow.chat.models import Act, Ban
from socialflow.platform.principal import Principal, UserId
from tests.unit.chat.world import ChatWorld, logged

pytestmark = pytest.mark.usefixtures("room")
MESSAGE = "AbCdEfGhIjK1"


def acts(world: ChatWorld, caller: Principal) -> list[Act]:
    views, _ = world.audit.list_acts(caller, "ann", after=None, limit=50)
    return [view.entry.act for view in views]


def active(world: ChatWorld, caller: Principal) -> list[str]:
    views, _ = world.bans.list_active(caller, "ann", after=None, limit=50)
    return [view.user.handle for view in views]


class TestWhoMay:
    def test_members_may_nothing(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        cleo = world.person("cleo")
        with pytest.raises(ModeratorRequired):
            world.bans.put(ben, "ann", cleo.user_id, seconds=5, reason=None)
        with pytest.raises(ModeratorRequired):
            world.bans.lift(ben, "ann", cleo.user_id)
        with pytest.raises(ModeratorRequired):
            world.bans.list_active(ben, "ann", after=None, limit=5)
        with pytest.raises(ModeratorRequired):
            world.moderation.delete_message(ben, "ann", MESSAGE, reason=None)
        with pytest.raises(ModeratorRequired):
            world.audit.list_acts(ben, "ann", after=None, limit=5)

    def test_moderators_are_the_owners_alone(self, world: ChatWorld, mod: Principal) -> None:
        with pytest.raises(OwnerRequired):
            world.moderators.add(mod, "ann", "mod")
        with pytest.raises(OwnerRequired):
            world.moderators.remove(mod, "ann", "mod")
        with pytest.raises(OwnerRequired):
            world.moderators.list_all(mod, "ann", after=None, limit=5)

    def test_a_moderator_who_is_timed_out_is_none_meanwhile(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        world.bans.put(ann, "ann", mod.user_id, seconds=60, reason=None)
        with pytest.raises(ModeratorRequired):
            world.bans.put(mod, "ann", ben.user_id, seconds=5, reason=None)
        world.clock.move(seconds=60)
        world.bans.put(mod, "ann", ben.user_id, seconds=5, reason=None)

    def test_a_moderator_of_another_channel_is_nobody_here(
        self, world: ChatWorld, ben: Principal, mod: Principal
    ) -> None:
        world.open_room(world.person("dora"))
        with pytest.raises(ModeratorRequired):
            world.bans.put(mod, "dora", ben.user_id, seconds=5, reason=None)


class TestBanning:
    def test_some_are_protected(self, world: ChatWorld, ann: Principal, mod: Principal) -> None:
        world.person("second")
        world.moderators.add(ann, "ann", "second")
        second = world.bans._entrance.named("second").id
        for caller, target in ((mod, ann.user_id), (mod, mod.user_id), (ann, ann.user_id)):
            with pytest.raises(TargetProtected):
                world.bans.put(caller, "ann", target, seconds=5, reason=None)
        with pytest.raises(TargetProtected):
            world.bans.put(mod, "ann", second, seconds=5, reason=None)
        assert world.bans.put(ann, "ann", second, seconds=5, reason=None).ban.until

    def test_nobody_by_that_id(self, world: ChatWorld, ann: Principal) -> None:
        unknown = UserId("usr_01K0000000000000000000000X")
        with pytest.raises(PersonNotFound):
            world.bans.put(ann, "ann", unknown, seconds=5, reason=None)

    def test_a_ban_takes_the_place_of_a_time_out(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        timed_out = world.bans.put(mod, "ann", ben.user_id, seconds=60, reason="loud")
        assert timed_out.by
        assert timed_out.by.handle == "mod"
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason="spam")
        world.clock.move(days=400)
        assert active(world, ann) == ["ben"]
        views, _ = world.audit.list_acts(ann, "ann", after=None, limit=50)
        assert [view.entry.act for view in views[:2]] == [Act.BANNED, Act.TIMED_OUT]
        assert views[0].target
        assert views[0].target.handle == "ben"
        assert views[0].entry.after == {"until": None, "reason": "spam"}
        before = views[0].entry.before
        assert isinstance(before, dict)
        assert before["reason"] == "loud"

    def test_a_repeat_changes_nothing_and_a_later_one_prolongs(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        first = world.bans.put(ann, "ann", ben.user_id, seconds=60, reason=None)
        world.clock.move(seconds=2)
        assert world.bans.put(ann, "ann", ben.user_id, seconds=60, reason=None) == first
        world.clock.move(seconds=40)
        later = world.bans.put(ann, "ann", ben.user_id, seconds=60, reason=None)
        assert later.ban.until
        assert first.ban.until
        assert (later.ban.until - first.ban.until).total_seconds() == 42
        assert acts(world, ann) == [Act.TIMED_OUT, Act.TIMED_OUT]

    def test_two_moderators_at_once_both_count(
        self, world: ChatWorld, ann: Principal, ben: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ann read no ban, and one is there when she writes: she reads again."""
        world.person("mod")
        world.moderators.add(ann, "ann", "mod")
        seen = world.bans._rooms.ban
        stale = [None]
        world.bans.put(ann, "ann", ben.user_id, seconds=60, reason="first")
        monkeypatch.setattr(
            world.bans._rooms, "ban", lambda *asked: stale.pop() if stale else seen(*asked)
        )
        assert world.bans.put(ann, "ann", ben.user_id, seconds=9, reason=None).ban.version == 2

    def test_a_target_made_moderator_meanwhile_is_protected(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        world.moderators.add(ann, "ann", "ben")
        with pytest.raises(TargetProtected):
            world.bans.put(mod, "ann", ben.user_id, seconds=5, reason=None)
        assert active(world, ann) == []


class TestLifting:
    def test_lets_somebody_write_again(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        world.bans.lift(ann, "ann", ben.user_id)
        world.bans.lift(ann, "ann", ben.user_id)
        assert active(world, ann) == []
        assert world.tokens.issue(ben, "ann").refused_because is None
        assert acts(world, ann) == [Act.LIFTED, Act.BANNED]

    def test_what_is_over_needs_no_lifting(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        world.bans.put(ann, "ann", ben.user_id, seconds=5, reason=None)
        world.clock.move(seconds=5)
        world.bans.lift(ann, "ann", ben.user_id)
        assert acts(world, ann) == [Act.TIMED_OUT]

    def test_of_a_moderator_is_the_owners_alone(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        world.moderators.add(ann, "ann", "ben")
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        with pytest.raises(TargetProtected):
            world.bans.lift(mod, "ann", ben.user_id)
        assert active(world, ann) == ["ben"]
        world.bans.lift(ann, "ann", ben.user_id)
        assert active(world, ann) == []

    def test_by_one_who_was_a_moderator_a_moment_ago(
        self,
        world: ChatWorld,
        ann: Principal,
        ben: Principal,
        mod: Principal,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        seen = world.bans._rooms.ban

        def meanwhile(owner_id: UserId, user_id: str) -> Ban | None:
            world.moderators.remove(ann, "ann", "mod")
            return seen(owner_id, user_id)

        monkeypatch.setattr(world.bans._rooms, "ban", meanwhile)
        with pytest.raises(ModeratorRequired):
            world.bans.lift(mod, "ann", ben.user_id)
        assert active(world, ann) == ["ben"]


class TestModerators:
    def test_are_named_once(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        world.moderators.add(ann, "ann", "Ben")
        world.moderators.add(ann, "ann", "ben")
        people, end = world.moderators.list_all(ann, "ann", after=None, limit=5)
        assert ([each.handle for each in people], end) == (["ben"], None)
        world.moderators.remove(ann, "ann", "ben")
        world.moderators.remove(ann, "ann", "ben")
        assert acts(world, ann) == [Act.MODERATOR_REMOVED, Act.MODERATOR_ADDED]

    def test_the_owner_is_one_anyway(self, world: ChatWorld, ann: Principal) -> None:
        with pytest.raises(TargetProtected):
            world.moderators.add(ann, "ann", "ann")

    def test_there_is_room_for_so_many(
        self, world: ChatWorld, ann: Principal, ben: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(moderators, "MAX_MODERATORS", 1)
        world.person("cleo")
        world.moderators.add(ann, "ann", "ben")
        with pytest.raises(ModeratorLimitReached):
            world.moderators.add(ann, "ann", "cleo")
        world.moderators.remove(ann, "ann", "ben")
        world.moderators.add(ann, "ann", "cleo")


class TestDeleting:
    def test_is_written_down_once_with_the_text_when_it_comes(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        world.moderation.delete_message(mod, "ann", MESSAGE, reason="rude")
        world.moderation.delete_message(ann, "ann", MESSAGE, reason="again")
        (view, _), _ = world.audit.list_acts(ann, "ann", after=None, limit=5)
        assert (view.entry.message_id, view.entry.reason) == (MESSAGE, "rude")
        assert (view.message, view.target) == (None, None)
        sent = logged(MESSAGE, "2026-11-21T09:30:00.5Z", "you fool", sender=ben)
        world.log_files.read(world.log_file(sent))
        (view, _), _ = world.audit.list_acts(ann, "ann", after=None, limit=5)
        assert view.message == "you fool"
        assert view.target
        assert view.target.handle == "ben"

    def test_acts_come_page_by_page_newest_first(self, world: ChatWorld, ann: Principal) -> None:
        ids = [f"AbCdEfGhIj{number:02d}" for number in range(5)]
        for message_id in ids:
            world.moderation.delete_message(ann, "ann", message_id, reason=None)
        first, position = world.audit.list_acts(ann, "ann", after=None, limit=3)
        rest, end = world.audit.list_acts(ann, "ann", after=position, limit=3)
        assert [view.entry.message_id for view in (*first, *rest)] == ids[::-1]
        assert end is None


class TestFollowUps:
    def test_somebody_who_was_let_back_stays(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        (room,) = world.ivs_chat.rooms.values()
        assert not world.follow_ups.disconnect_silenced(ann.user_id, ben.user_id)
        world.bans.put(ann, "ann", ben.user_id, seconds=60, reason=None)
        assert world.follow_ups.disconnect_silenced(ann.user_id, ben.user_id)
        assert room.disconnected == {ben.user_id}

    def test_rooms_and_messages_that_are_gone_are_fine(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        assert not world.follow_ups.delete_message(ben.user_id, MESSAGE)
        assert not world.follow_ups.disconnect_silenced(ben.user_id, ann.user_id)
        world.ivs_chat.rooms.clear()
        assert world.follow_ups.delete_message(ann.user_id, MESSAGE)
