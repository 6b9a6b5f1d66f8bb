"""Polls: opened once, voted in once, closed in time."""

from __future__ import annotations

import threading

import pytest

from socialflow.chat.errors import (
    AlreadyVoted,
    ChatBanned,
    ModeratorRequired,
    PollClosed,
    PollNotFound,
    PollOpen,
    PollOptionUnknown,
    PollTooLong,
)
from socialflow.chat.models import Act
from socialflow.chat.poll import MAX_EVENT_BYTES, SHARDS, PollState, shard_of
from socialflow.chat.polls import NewPoll, PollView
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld
from tests.unit.doubles import OneAtATime

pytestmark = pytest.mark.usefixtures("room")
MAPS = NewPoll(question="Which map?", options=("Ice", "Lava"), seconds=60)


def open_poll(world: ChatWorld, by: Principal, new: NewPoll = MAPS) -> PollView:
    return world.polls.open(by, "ann", new, seed=world.ids("seed"))


class TestOpening:
    def test_is_for_the_owner_and_moderators(self, world: ChatWorld, ben: Principal) -> None:
        with pytest.raises(ModeratorRequired):
            open_poll(world, ben)

    def test_a_room_has_one_at_a_time(
        self, world: ChatWorld, ann: Principal, mod: Principal
    ) -> None:
        first = open_poll(world, mod)
        with pytest.raises(PollOpen):
            open_poll(world, ann)
        world.clock.move(seconds=60)
        second = open_poll(world, ann)
        assert world.polls.current(None, "ann").poll == second.poll
        assert world.polls.show(None, "ann", first.poll.id).state is PollState.CLOSED

    def test_must_fit_into_an_event(self, world: ChatWorld, ann: Principal) -> None:
        long = NewPoll(question="\u6f22" * 140, options=("\u5b57" * 60,) * 6, seconds=60)
        with pytest.raises(PollTooLong):
            open_poll(world, ann, long)
        plain = NewPoll(question="q" * 140, options=("o" * 60,) * 6, seconds=60)
        poll = open_poll(world, ann, plain).poll
        assert len(poll.announcement(world.clock()).encode()) < MAX_EVENT_BYTES

    def test_the_same_seed_is_the_same_poll(self, world: ChatWorld, ann: Principal) -> None:
        seed = world.ids("seed")
        first = world.polls.open(ann, "ann", MAPS, seed=seed)
        world.clock.move(seconds=2)
        assert world.polls.open(ann, "ann", MAPS, seed=seed) == first
        views, _ = world.audit.list_acts(ann, "ann", after=None, limit=9)
        assert [view.entry.act for view in views] == [Act.POLL_OPENED]

    def test_a_poll_of_another_room_is_not_here(self, world: ChatWorld, ann: Principal) -> None:
        dora = world.person("dora")
        world.open_room(dora)
        poll = open_poll(world, ann).poll
        with pytest.raises(PollNotFound):
            world.polls.show(ann, "dora", poll.id)
        with pytest.raises(PollNotFound):
            world.polls.vote(ann, "dora", poll.id, 0)
        with pytest.raises(PollNotFound):
            world.polls.close(dora, "dora", poll.id)
        with pytest.raises(PollNotFound):
            world.polls.current(ann, "dora")


class TestVoting:
    def test_refusals(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        poll = open_poll(world, ann).poll
        with pytest.raises(PollOptionUnknown):
            world.polls.vote(ben, "ann", poll.id, 2)
        with pytest.raises(PollNotFound):
            world.polls.vote(ben, "ann", "pol_01K0000000000000000000000X", 0)
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        with pytest.raises(ChatBanned):
            world.polls.vote(ben, "ann", poll.id, 0)

    def test_is_once_a_person(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        poll = open_poll(world, ann).poll
        for _ in range(2):
            view = world.polls.vote(ben, "ann", poll.id, 1)
            assert (view.poll.votes, view.own_vote) == ((0, 1), 1)
        with pytest.raises(AlreadyVoted) as refused:
            world.polls.vote(ben, "ann", poll.id, 0)
        assert refused.value.details == {"option": 1}
        assert world.polls.show(ann, "ann", poll.id).own_vote is None
        assert world.polls.show(None, "ann", poll.id).poll.votes == (0, 1)

    def test_ends_to_the_moment(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        poll = open_poll(world, ann).poll
        world.clock.move(seconds=59.999)
        world.polls.vote(ben, "ann", poll.id, 0)
        world.clock.move(seconds=0.001)
        with pytest.raises(PollClosed):
            world.polls.vote(ann, "ann", poll.id, 0)
        # Who voted in time may be told so late.
        assert world.polls.vote(ben, "ann", poll.id, 0).state is PollState.CLOSED
        with pytest.raises(PollNotFound):
            world.polls.current(ben, "ann")

    def test_many_at_once_are_all_counted_once(
        self, world: ChatWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poll = open_poll(world, ann).poll
        voters = [world.person(f"fan{number}") for number in range(24)]
        one_at_a_time = OneAtATime(world.table._client())
        monkeypatch.setattr(world.table, "_client", lambda: one_at_a_time)

        def vote(voter: Principal, option: int) -> None:
            for _ in range(3):
                world.polls.vote(voter, "ann", poll.id, option)

        threads = [
            threading.Thread(target=vote, args=(voter, place % 2))
            for place, voter in enumerate(voters)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert world.polls.show(None, "ann", poll.id).poll.votes == (12, 12)
        assert len({shard_of(voter.user_id) for voter in voters}) > SHARDS // 2


class TestClosing:
    def test_is_for_the_owner_and_moderators(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        poll = open_poll(world, ann).poll
        with pytest.raises(ModeratorRequired):
            world.polls.close(ben, "ann", poll.id)

    def test_ends_the_voting_and_makes_room(
        self, world: ChatWorld, ann: Principal, ben: Principal, mod: Principal
    ) -> None:
        poll = open_poll(world, ann).poll
        world.polls.vote(ben, "ann", poll.id, 0)
        world.clock.move(seconds=5)
        for _ in range(2):
            view = world.polls.close(mod, "ann", poll.id)
            assert (view.state, view.poll.votes) == (PollState.CLOSED, (1, 0))
            assert view.poll.closes_at == world.clock()
        with pytest.raises(PollClosed):
            world.polls.vote(ann, "ann", poll.id, 0)
        views, _ = world.audit.list_acts(ann, "ann", after=None, limit=2)
        assert [view.entry.act for view in views] == [Act.POLL_CLOSED, Act.POLL_OPENED]
        open_poll(world, ann)

    def test_after_its_time_changes_nothing(self, world: ChatWorld, ann: Principal) -> None:
        poll = open_poll(world, ann).poll
        world.clock.move(seconds=90)
        assert world.polls.close(ann, "ann", poll.id).poll.closes_at == poll.closes_at


def test_a_poll_is_read_in_one_batch(world: ChatWorld, ann: Principal) -> None:
    poll = open_poll(world, ann).poll
    world.table_calls.names.clear()
    world.polls.show(ann, "ann", poll.id)
    assert world.table_calls.names == ["batch_get_item"]
