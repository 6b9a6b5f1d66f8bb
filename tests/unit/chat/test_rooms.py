"""One room for each channel."""

from __future__ import annotations

import pytest

from socialflow.chat.errors import ChatNotReady, ChatUnavailable
from socialflow.platform.ids import same_ulid
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld


class TestOpening:
    def test_makes_a_room_that_is_reviewed_and_logged(
        self, world: ChatWorld, ann: Principal
    ) -> None:
        room = world.open_room(ann)
        request = world.ivs_chat.rooms[room.arn].request
        assert request["name"] == same_ulid(ann.user_id, "chn")
        assert request["messageReviewHandler"] == {
            "uri": "arn:aws:lambda:eu-west-1:123456789012:function:review",
            "fallbackResult": "ALLOW",
        }
        assert len(request["loggingConfigurationIdentifiers"]) == 1
        assert request["maximumMessageLength"] == 500

    def test_again_asks_nobody(self, world: ChatWorld, ann: Principal) -> None:
        first = world.open_room(ann)
        world.ivs_chat.calls.clear()
        assert world.open_room(ann) == first
        assert world.ivs_chat.calls == []

    def test_finds_what_a_run_cut_off_has_made(self, world: ChatWorld, ann: Principal) -> None:
        name = same_ulid(ann.user_id, "chn")
        made = world.ivs_chat._create_room({"name": name})["arn"]
        assert world.open_room(ann).arn == made
        assert len(world.ivs_chat.rooms) == 1

    def test_of_two_runs_at_once_one_room_stays(
        self, world: ChatWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = world.open_room(ann)
        seen = [None]
        monkeypatch.setattr(
            world.room_service._rooms, "room", lambda owner_id: seen.pop() if seen else first
        )
        monkeypatch.setattr(world.room_service._ivs_chat, "find_room", lambda name: None)
        assert world.open_room(ann).arn == first.arn
        assert list(world.ivs_chat.rooms) == [first.arn]

    def test_comes_again_when_ivs_chat_is_busy(self, world: ChatWorld, ann: Principal) -> None:
        world.ivs_chat.busy = 1
        with pytest.raises(ChatUnavailable):
            world.open_room(ann)
        assert world.open_room(ann).arn in world.ivs_chat.rooms


def test_before_there_is_a_room_there_is_no_chat(world: ChatWorld, ann: Principal) -> None:
    with pytest.raises(ChatNotReady):
        world.tokens.issue(ann, "ann")
    with pytest.raises(ChatNotReady):
        world.house_rules.show(None, "ann")
