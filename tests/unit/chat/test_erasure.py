"""Who leaves takes their room and their words along; what was done goes on under another name."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.chat import keys
from socialflow.chat.erasure import RoomErasure
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.polls import NewPoll
from socialflow.chat.takeout import Takeout
from socialflow.platform.aws import client
from socialflow.platform.dynamodb_values import decode_map
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import Principal, UserId
from tests.unit.chat.world import LOGS, ChatWorld, logged

GONE = UserId("gone_1")
AT = "2026-11-21T09:30:01.123456789Z"


@pytest.fixture
def plan(world: ChatWorld) -> ErasurePlan:
    return RoomErasure(
        world.table,
        IvsChat(lambda: client("ivschat")),
        lambda: client("s3"),
        log_bucket=LOGS,
        clock=world.clock,
    ).plan()


def leaving(who: Principal, pass_number: int = 1) -> Leaving:
    return Leaving(
        user_id=who.user_id, handle=who.handle, anonymous_id=GONE, pass_number=pass_number
    )


def run(plan: ErasurePlan, who: Leaving, limit: int = 10) -> None:
    for step in plan.steps.values():
        while step(who, limit):
            pass


def items() -> list[dict[str, Any]]:
    found = client("dynamodb").scan(TableName="chat")["Items"]
    return [decode_map(item) for item in found if not item["pk"]["S"].startswith("IVS#")]


def room_of(world: ChatWorld, owner: Principal) -> str:
    return world.room_service.open(owner.user_id, same_ulid(owner.user_id, "chn")).arn


def poll(world: ChatWorld, opener: Principal, handle: str) -> str:
    new = NewPoll(question="Which?", options=("Ice", "Lava"), seconds=60)
    return world.polls.open(opener, handle, new, seed=world.ids("seed")).poll.id


class TestOwnRoom:
    def test_goes_with_all_that_is_in_it(self, world: ChatWorld, plan: ErasurePlan) -> None:
        ann, ben, cleo = world.person("ann"), world.person("ben"), world.person("cleo")
        room = room_of(world, ann)
        world.moderators.add(ann, "ann", "ben")
        world.bans.put(ann, "ann", cleo.user_id, seconds=None, reason=None)
        world.polls.vote(ben, "ann", poll(world, ben, "ann"), 1)
        lines = [logged(f"AbCdEfGhIj{n:02d}", AT, sender=ben) for n in range(25)]
        world.log_files.read(world.log_file(*lines, room=room))
        world.moderation.delete_message(ben, "ann", "AbCdEfGhIj01", reason="rude")
        world.moderation.delete_message(ben, "ann", "NeverLogged1", reason="rude")
        run(plan, leaving(ann))
        assert plan.left(leaving(ann)) == 0
        assert world.ivs_chat.rooms == {}
        # His vote is his; there is no poll any more that it was in.
        assert sorted({item["pk"].partition("#")[0] for item in items()}) == ["ROOM", "VOTE"]

    def test_a_log_file_that_comes_late_keeps_nothing(
        self, world: ChatWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        room = room_of(world, ann)
        key = world.log_file(logged("AbCdEfGhIjK1", AT), room=room)
        run(plan, leaving(ann))
        assert world.log_files.read(key).messages == 0
        run(plan, leaving(ann, pass_number=2))
        assert items() == []

    def test_a_room_that_a_dead_run_has_made_is_found(
        self, world: ChatWorld, plan: ErasurePlan
    ) -> None:
        ann = world.person("ann")
        room_of(world, ann)
        world.table.delete_many([keys.rules_key(ann.user_id)])
        run(plan, leaving(ann))
        assert world.ivs_chat.rooms == {}


class TestElsewhere:
    def test_words_go_and_acts_stay_under_the_anonymous_id(
        self, world: ChatWorld, plan: ErasurePlan
    ) -> None:
        ann, ben, cleo = world.person("ann"), world.person("ben"), world.person("cleo")
        room = room_of(world, ann)
        world.moderators.add(ann, "ann", "ben")
        world.bans.put(ben, "ann", cleo.user_id, seconds=None, reason="loud")
        opened = poll(world, ben, "ann")
        world.polls.vote(ben, "ann", opened, 1)
        lines = [
            logged("AbCdEfGhIjK1", AT, sender=ben),
            logged("AbCdEfGhIjK2", AT, sender=cleo),
        ]
        world.log_files.read(world.log_file(*lines, room=room))
        run(plan, leaving(ben))
        assert plan.left(leaving(ben)) == 0
        left = items()
        assert ben.user_id not in str(left)
        assert [item["id"] for item in left if item["pk"].startswith("MESSAGE#")] == [
            "AbCdEfGhIjK2"
        ]
        (ban,) = [item for item in left if item["sk"].startswith("BAN#")]
        assert ban["banned_by"] == GONE
        acts, _ = world.audit.list_acts(ann, "ann", after=None, limit=10)
        assert [act.entry.actor_id for act in acts] == [GONE, GONE, ann.user_id]
        assert [act.entry.target_id for act in acts][-1] == GONE
        view = world.polls.show(ann, "ann", opened)
        assert (view.poll.opened_by, view.poll.votes) == (GONE, (0, 1))
        rules = world.table.get(keys.rules_key(ann.user_id))
        assert rules
        assert rules["moderators"] == 0

    def test_a_ban_of_theirs_goes(self, world: ChatWorld, plan: ErasurePlan) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        room_of(world, ann)
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason="loud")
        run(plan, leaving(ben))
        assert [item for item in items() if item["sk"].startswith("BAN#")] == []
        bans, _ = world.bans.list_active(ann, "ann", after=None, limit=10)
        assert bans == []

    def test_both_of_a_room_may_leave_in_any_order(
        self, world: ChatWorld, plan: ErasurePlan
    ) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        room_of(world, ann)
        world.moderators.add(ann, "ann", "ben")
        run(plan, leaving(ann))
        run(plan, leaving(ben))
        run(plan, leaving(ann, pass_number=2))
        run(plan, leaving(ben, pass_number=2))
        assert items() == []


def test_an_export_tells_what_one_did_and_what_was_decided(world: ChatWorld) -> None:
    ann, ben = world.person("ann"), world.person("ben")
    room = room_of(world, ann)
    world.bans.put(ann, "ann", ben.user_id, seconds=60, reason="loud")
    lines = [logged("AbCdEfGhIjK1", AT, "my words", sender=ben)]
    world.log_files.read(world.log_file(*lines, room=room))
    found = {name: list(told) for name, told in Takeout(world.table).sections(ben.user_id)}
    assert [told["content"] for told in found["messages"]] == ["my words"]
    assert found["messages"][0]["channel_of"] == ann.user_id
    (ban,) = found["bans"]
    assert (ban["reason"], "banned_by" in ban) == ("loud", False)
    (decision,) = found["decisions"]
    assert (decision["act"], "actor_id" in decision) == ("timed_out", False)
    assert found["room"] == []
    owned = {name: list(told) for name, told in Takeout(world.table).sections(ann.user_id)}
    assert owned["room"][0]["links_allowed"] is True
    assert [told["act"] for told in owned["moderation"]] == ["timed_out"]
