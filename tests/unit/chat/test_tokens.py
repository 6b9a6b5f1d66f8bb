"""What a token says of its bearer, and when it lets nobody write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from socialflow.chat.errors import ChatBanned, ChatUnavailable, PersonNotFound
from socialflow.chat.models import Role
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld

pytestmark = pytest.mark.usefixtures("room")


def last_token(world: ChatWorld) -> dict[str, Any]:
    return world.ivs_chat.tokens[-1]


class TestRefusals:
    def test_nobody_by_that_name(self, world: ChatWorld) -> None:
        with pytest.raises(PersonNotFound):
            world.tokens.issue(None, "nobody")

    def test_the_banned_get_none(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        world.bans.put(ann, "ann", ben.user_id, seconds=None, reason="spam")
        with pytest.raises(ChatBanned):
            world.tokens.issue(ben, "ann")
        assert world.ivs_chat.tokens == []

    def test_ivs_chat_is_busy(self, world: ChatWorld) -> None:
        world.ivs_chat.busy = 1
        with pytest.raises(ChatUnavailable):
            world.tokens.issue(None, "ann")

    @pytest.mark.parametrize(
        "error",
        [
            EndpointConnectionError(endpoint_url="https://ivschat"),
            ReadTimeoutError(endpoint_url="https://ivschat"),
            ClientError(
                {
                    "Error": {"Code": "InternalFailure", "Message": ""},
                    "ResponseMetadata": {
                        "HTTPStatusCode": 500,
                        "RequestId": "1",
                        "HostId": "",
                        "HTTPHeaders": {},
                        "RetryAttempts": 2,
                    },
                },
                "CreateChatToken",
            ),
        ],
    )
    def test_ivs_chat_is_away(self, world: ChatWorld, error: Exception) -> None:
        world.ivs_chat.failure = error
        with pytest.raises(ChatUnavailable):
            world.tokens.issue(None, "ann")

    def test_what_is_our_mistake_is_not_hidden(self, world: ChatWorld) -> None:
        refused = {"Error": {"Code": "AccessDeniedException", "Message": ""}}
        world.ivs_chat.failure = ClientError(refused, "CreateChatToken")  # type: ignore[arg-type]
        with pytest.raises(ClientError):
            world.tokens.issue(None, "ann")


class TestReadingOnly:
    def test_who_is_not_signed_in(self, world: ChatWorld) -> None:
        ticket = world.tokens.issue(None, "ann")
        assert (ticket.role, ticket.refused_because) == (Role.VIEWER, "signed_out")
        assert last_token(world)["capabilities"] == []
        assert last_token(world)["userId"] == "anon-wanderer"
        assert last_token(world)["attributes"]["role"] == "viewer"

    def test_who_is_timed_out_until_that_is_over(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        until = world.bans.put(ann, "ann", ben.user_id, seconds=90, reason=None).ban.until
        ticket = world.tokens.issue(ben, "ann")
        assert until
        assert ticket.refused_because == f"timed_out until={to_rfc3339(until)}"
        assert last_token(world)["capabilities"] == []
        assert last_token(world)["sessionDurationInMinutes"] == 2
        world.clock.move(seconds=90)
        assert world.tokens.issue(ben, "ann").refused_because is None

    def test_who_does_not_follow_for_long_enough(
        self, world: ChatWorld, ann: Principal, ben: Principal
    ) -> None:
        world.house_rules.edit(ann, "ann", {"followers_only_minutes": 5}, expected_edits=None)
        assert world.tokens.issue(ben, "ann").refused_because == "followers_only minutes=5"
        world.follows.since[ben.user_id, ann.user_id] = world.clock() - timedelta(minutes=5)
        assert world.tokens.issue(ben, "ann").refused_because is None


class TestWriting:
    def test_a_member(self, world: ChatWorld, ann: Principal, ben: Principal) -> None:
        since = world.clock() - timedelta(days=1)
        world.follows.since[ben.user_id, ann.user_id] = since
        ticket = world.tokens.issue(ben, "ANN")
        assert ticket.refused_because is None
        assert ticket.session_ends_at == world.clock() + timedelta(hours=1)
        assert last_token(world) == {
            "roomIdentifier": next(iter(world.ivs_chat.rooms)),
            "userId": ben.user_id,
            "capabilities": ["SEND_MESSAGE"],
            "sessionDurationInMinutes": 60,
            "attributes": {
                "handle": "ben",
                "display_name": "Ben",
                "role": "member",
                "followed_at": to_rfc3339(since),
            },
        }

    def test_the_owner_and_a_moderator_without_following(
        self, world: ChatWorld, ann: Principal, mod: Principal
    ) -> None:
        world.house_rules.edit(ann, "ann", {"followers_only_minutes": 5}, expected_edits=None)
        for caller, role in ((ann, Role.OWNER), (mod, Role.MODERATOR)):
            ticket = world.tokens.issue(caller, "ann")
            assert (ticket.role, ticket.refused_because) == (role, None)
            # Deleting and disconnecting go through the API, where they are written down.
            assert last_token(world)["capabilities"] == ["SEND_MESSAGE"]
