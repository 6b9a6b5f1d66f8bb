"""What the review lets through, what it refuses and why, and what that costs."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.chat import on_message_review
from socialflow.chat import review_wiring
from socialflow.chat.errors import ChatBanned
from socialflow.chat.models import Room
from socialflow.chat.review import has_link
from socialflow.chat.reviewer import RoomUnknown
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld


def settings(world: ChatWorld, ann: Principal, **changes: Any) -> None:
    world.house_rules.edit(ann, "ann", changes, expected_edits=None)


@pytest.mark.usefixtures("room")
class TestSilencedSenders:
    def test_a_ban_holds_for_every_process_and_device(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        warm = world.new_reviewer()
        assert world.say(ben, "hi", reviewer=warm) is None
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        assert world.say(ben, "hi", reviewer=warm) == "banned"
        assert world.say(ben, "hi") == "banned"
        with pytest.raises(ChatBanned):
            world.tokens.issue(ben, "ann")

    def test_a_time_out_says_until_when_and_ends(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        view = world.bans.put(ann, "ann", ben.user_id, seconds=60, reason=None)
        assert view.ban.until
        assert world.say(ben, "hi") == f"timed_out until={to_rfc3339(view.ban.until)}"
        world.clock.move(seconds=60)
        assert world.say(ben, "hi") is None

    def test_a_moderator_who_is_banned_is_silent_too(
        self, world: ChatWorld, ann: Principal, mod: Principal
    ) -> None:
        world.bans.put(ann, "ann", mod.user_id, seconds=60, reason=None)
        assert str(world.say(mod, "hi")).startswith("timed_out")

    def test_nobody_writes_without_an_account(self, world: ChatWorld) -> None:
        assert world.say("anon-wanderer", "hi") == "signed_out"


@pytest.mark.usefixtures("room")
class TestContent:
    def test_500_code_points_and_not_one_more(self, world: ChatWorld, ben: Principal) -> None:
        assert world.say(ben, "\U0001f600" * 500) is None
        assert world.say(ben, "\U0001f600" * 501) == "too_long"

    @pytest.mark.parametrize("content", ["", "   ", "\u200b\u2060", "\u00a0\n\t"])
    def test_something_must_be_seen(self, world: ChatWorld, ben: Principal, content: str) -> None:
        assert world.say(ben, content) == "empty"

    def test_links_and_blocked_terms(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        assert world.say(ben, "see https://example.com") is None
        settings(world, ann, links_allowed=False, blocked_terms=["spam"])
        assert world.say(ben, "see https://example.com") == "links"
        assert world.say(ben, "5p4m") == "blocked_term"
        settings(world, ann, links_allowed=True, blocked_terms=[])
        assert world.say(ben, "5p4m at example.com") is None

    @pytest.mark.parametrize(
        "text",
        [
            "http://a",
            "steam://run/1",
            "WWW.example.org",
            "example.com",
            "exam\u200bple.com",
            "example\u3002com",
            "sub.domain.example.co.uk/path",
            "t.me/group",
            "watch example.museum/now",
            "1.2.3.4:8080",
        ],
    )
    def test_what_is_a_link(self, text: str) -> None:
        assert has_link(text)

    @pytest.mark.parametrize(
        "text", ["Hello.World", "yes.so what", "e.g. this", "v1.2.3.4 is out", "3.5", "a...b", ""]
    )
    def test_what_is_none(self, text: str) -> None:
        assert not has_link(text)


@pytest.mark.usefixtures("room")
class TestFollowersOnly:
    def test_counts_since_when_one_follows(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        settings(world, ann, followers_only_minutes=10)
        now = world.clock()
        assert world.say(ben, "hi") == "followers_only minutes=10"
        assert world.say(ben, "hi", followed_at=now) == "followers_only minutes=10"
        world.clock.move(minutes=10)
        assert world.say(ben, "hi", followed_at=now) is None

    def test_can_mean_any_follower(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        settings(world, ann, followers_only_minutes=0)
        assert world.say(ben, "hi") == "followers_only minutes=0"
        assert world.say(ben, "hi", followed_at=world.clock()) is None


@pytest.mark.usefixtures("room")
class TestSlowMode:
    def test_a_flood_comes_down_to_one_message_a_pause(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        settings(world, ann, slow_mode_seconds=30)
        found = [world.say(ben, f"message {number}") for number in range(100)]
        assert found == [None] + ["slow_mode wait_seconds=30"] * 99
        world.clock.move(seconds=20.5)
        assert world.say(ben, "still early") == "slow_mode wait_seconds=10"
        world.clock.move(seconds=9.5)
        assert world.say(ben, "in time") is None

    def test_each_sender_has_their_own_pause(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        settings(world, ann, slow_mode_seconds=30)
        assert world.say(ben, "hi") is None
        assert world.say(world.person("cleo"), "hi") is None

    def test_what_is_refused_anyway_takes_no_turn(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        settings(world, ann, slow_mode_seconds=30, blocked_terms=["spam"])
        assert world.say(ben, "spam") == "blocked_term"
        assert world.say(ben, "sorry") is None

    def test_the_same_message_again_is_judged_alike(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        settings(world, ann, slow_mode_seconds=30)
        assert world.say(ben, "hi", message_id="AbCdEfGhIjK1") is None
        assert world.say(ben, "hi", message_id="AbCdEfGhIjK1") is None
        assert world.say(ben, "hi", message_id="AbCdEfGhIjK2") == "slow_mode wait_seconds=30"


@pytest.mark.usefixtures("room")
def test_the_rules_are_not_for_who_makes_them(
    world: ChatWorld, ann: Principal, mod: Principal
) -> None:
    settings(
        world,
        ann,
        slow_mode_seconds=300,
        followers_only_minutes=60,
        links_allowed=False,
        blocked_terms=["spam"],
    )
    for moderator in (ann, mod):
        assert world.say(moderator, "spam at https://example.com") is None
        assert world.say(moderator, "and again") is None
    world.moderators.remove(ann, "ann", "mod")
    assert world.say(mod, "spam") == "followers_only minutes=60"


class TestCost:
    def test_is_one_batch_of_reads(
        self, world: ChatWorld, room: Room, ann: Principal, ben: Principal
    ) -> None:
        reviewer = world.new_reviewer()
        world.say(ben, "the first also learns whose room it is", reviewer=reviewer)
        world.table_calls.names.clear()
        world.say(ben, "hi", reviewer=reviewer)
        assert world.table_calls.names == ["batch_get_item"]
        settings(world, ann, slow_mode_seconds=5)
        world.table_calls.names.clear()
        world.say(ben, "hi", reviewer=reviewer)
        assert world.table_calls.names == ["batch_get_item", "update_item"]

    def test_changed_settings_count_from_the_next_message(
        self, world: ChatWorld, room: Room, ann: Principal, ben: Principal
    ) -> None:
        warm = world.new_reviewer()
        assert world.say(ben, "spam", reviewer=warm) is None
        settings(world, ann, blocked_terms=["spam"])
        assert world.say(ben, "spam", reviewer=warm) == "blocked_term"

    def test_what_is_kept_is_bounded(
        self, world: ChatWorld, ben: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("socialflow.chat.reviewer.MAX_KEPT", 2)
        rooms = [world.open_room(world.person(handle)) for handle in ("dora", "emil", "finn")]
        warm = world.new_reviewer()
        for room in (*rooms, *rooms):
            assert world.say(ben, "hi", room=room, reviewer=warm) is None
        assert len(warm._owners._values) == len(warm._terms._values) == 2


class TestHandler:
    @pytest.fixture
    def event(self, room: Room, ben: Principal) -> dict[str, Any]:
        return {
            "Content": "hello",
            "MessageId": "AbCdEfGhIjK1",
            "RoomArn": room.arn,
            "Attributes": {"role": "owner"},
            "Sender": {
                "UserId": ben.user_id,
                "Ip": "203.0.113.7",
                "Attributes": {"handle": "ben", "role": "owner", "followed_at": ""},
            },
        }

    @pytest.fixture(autouse=True)
    def _wired(self, world: ChatWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        reviewer = world.new_reviewer()
        with monkeypatch.context() as wired:
            wired.setattr(on_message_review, "reviewer", lambda: reviewer)
            yield
        # A test loads the module again; the next one must not meet what it loaded.
        monkeypatch.undo()
        importlib.reload(on_message_review)

    def test_passes_the_text_on_without_the_clients_attributes(self, event: dict[str, Any]) -> None:
        answer = on_message_review.handler(event, None)
        assert answer == {"ReviewResult": "ALLOW", "Content": "hello", "Attributes": {}}

    def test_refuses_with_a_reason_whatever_role_the_token_has(
        self, event: dict[str, Any], world: ChatWorld, ann: Principal
    ) -> None:
        settings(world, ann, blocked_terms=["hello"])
        answer = on_message_review.handler(event, None)
        assert answer["ReviewResult"] == "DENY"
        assert answer["Attributes"] == {"Reason": "blocked_term"}

    @pytest.mark.parametrize("content", ["\ud800", "hello \udfff"])
    def test_answers_what_can_be_sent_whatever_it_was_asked(
        self,
        event: dict[str, Any],
        world: ChatWorld,
        ann: Principal,
        ben: Principal,
        content: str,
    ) -> None:
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason=None)
        answer = on_message_review.handler({**event, "Content": content}, None)
        assert answer["ReviewResult"] == "DENY"
        # An answer that cannot be encoded is none, and the fallback lets the message through.
        assert json.dumps(answer, ensure_ascii=False).encode()

    def test_raises_what_goes_wrong_so_that_the_fallback_decides(
        self, event: dict[str, Any]
    ) -> None:
        strange = {**event, "RoomArn": event["RoomArn"][:-4] + "none"}
        with pytest.raises(RoomUnknown):
            on_message_review.handler(strange, None)
        with pytest.raises(KeyError):
            on_message_review.handler({}, None)

    def test_opens_its_connection_when_lambda_starts_it_and_only_there(
        self, world: ChatWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reviewer = world.new_reviewer()
        monkeypatch.setattr(review_wiring, "reviewer", lambda: reviewer)
        world.table_calls.names.clear()
        importlib.reload(on_message_review)
        assert world.table_calls.names == []
        with monkeypatch.context() as started:
            started.setenv("AWS_LAMBDA_FUNCTION_NAME", "review")
            importlib.reload(on_message_review)
        assert world.table_calls.names == ["batch_get_item"]

    def test_being_kept_warm_asks_and_writes_nothing(
        self, event: dict[str, Any], world: ChatWorld
    ) -> None:
        world.table_calls.names.clear()
        on_message_review.handler({**event, "Content": "", "MessageId": ""}, None)
        assert world.table_calls.names == []
