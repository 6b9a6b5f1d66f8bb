"""The chat routes: bodies, refusals, versions, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.chat.limits import TOKENS, VOTES
from tests.crash_points import asgi
from tests.crash_points.asgi import Answer
from tests.crash_points.chat_polls import POLLS, open_poll
from tests.crash_points.chat_rooms import CHAT, room_of_ann
from tests.crash_points.cloud import Cloud, account
from tests.crash_points.plan import Person, Plan
from tests.crash_points.world import World, running

SETTINGS = f"{CHAT}/settings"
ANY = {"if-match": "*"}


class Stage:
    """Ann's room, and Ben."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ann, self.ben = room_of_ann(world, "ben")

    def call(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        by: Person | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = {**(headers or {}), **self.world.authorization(by)}
        return asgi.call(method, target, body, sent)

    def edit(self, **changes: Any) -> Answer:
        return self.call("PATCH", SETTINGS, changes, by=self.ann, headers=ANY)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


@pytest.fixture
def stage(cloud: Cloud) -> Iterator[Stage]:
    with running(cloud, Plan()) as world:
        yield Stage(world)


class TestTokens:
    def test_before_there_is_a_room(self, stage: Stage) -> None:
        answer = stage.call("POST", "/v1/channels/ben/chat/tokens", by=stage.ben)
        assert (answer.status, answer.body["code"]) == (409, "chat_not_ready")
        assert answer.body["retryable"]
        assert stage.call("POST", "/v1/channels/nobody/chat/tokens").status == 404

    def test_say_where_to_connect_and_what_is_asked_of_writers(self, stage: Stage) -> None:
        stage.edit(slow_mode_seconds=5, blocked_terms=["spam"])
        body = stage.call("POST", f"{CHAT}/tokens", by=stage.ben).body
        assert body["messaging_url"] == "wss://edge.ivschat.eu-west-1.amazonaws.com"
        assert (body["role"], body["can_send"], body["refused_because"]) == ("member", True, None)
        assert body["expires_at"].endswith("Z")
        assert body["settings"] == {
            "slow_mode_seconds": 5,
            "followers_only_minutes": None,
            "links_allowed": True,
        }

    def test_are_limited_by_caller(self, stage: Stage) -> None:
        for _ in range(TOKENS.limit):
            assert stage.call("POST", f"{CHAT}/tokens").status == 200
        refused = stage.call("POST", f"{CHAT}/tokens")
        assert (refused.status, refused.body["code"]) == (429, "rate_limited")
        assert stage.call("POST", f"{CHAT}/tokens", by=stage.ben).status == 200


class TestSettings:
    @pytest.mark.parametrize(
        "changes",
        [
            {"slow_mode_seconds": 301},
            {"slow_mode_seconds": -1},
            {"followers_only_minutes": -1},
            {"blocked_terms": ["x" * 51]},
            {"blocked_terms": ["a\nb"]},
            {"blocked_terms": [""]},
            {"blocked_terms": ["*"]},
            {"blocked_terms": [f"term{number}" for number in range(201)]},
            {"emotes_only": True},
        ],
    )
    def test_what_is_malformed_is_refused(self, stage: Stage, changes: dict[str, Any]) -> None:
        assert stage.edit(**changes).status == 422

    def test_an_edit_names_its_version(self, stage: Stage) -> None:
        body = {"links_allowed": False}
        assert stage.call("PATCH", SETTINGS, body, by=stage.ann).status == 428
        tag = stage.call("GET", SETTINGS, by=stage.ann).headers["etag"]
        first = stage.call("PATCH", SETTINGS, body, by=stage.ann, headers={"if-match": tag})
        assert first.status == 200
        again = stage.call("PATCH", SETTINGS, body, by=stage.ann, headers={"if-match": tag})
        assert again.body["code"] == "chat_settings_edited_meanwhile"
        now = stage.call("GET", SETTINGS, by=stage.ann, headers={"if-none-match": tag})
        assert (now.status, now.headers["etag"]) == (200, first.headers["etag"])
        same = {"if-none-match": now.headers["etag"]}
        assert stage.call("GET", SETTINGS, by=stage.ann, headers=same).status == 304
        # What others see is another representation.
        assert stage.call("GET", SETTINGS, headers=same).status == 200

    def test_null_switches_followers_only_off_and_nothing_else(self, stage: Stage) -> None:
        stage.edit(followers_only_minutes=10, slow_mode_seconds=5, blocked_terms=["a", "a", "b"])
        body = stage.edit(followers_only_minutes=None, slow_mode_seconds=None).body
        assert body == {
            "slow_mode_seconds": 5,
            "followers_only_minutes": None,
            "links_allowed": True,
            "blocked_terms": ["a", "b"],
        }
        assert stage.call("GET", SETTINGS, by=stage.ben).body["blocked_terms"] is None


class TestModeration:
    def test_bodies_are_checked(self, stage: Stage) -> None:
        ban = f"{CHAT}/bans/{stage.ben.user.id}"
        for body in ({"seconds": 0}, {"seconds": 10**9}, {"reason": "x" * 201}, {"why": "x"}):
            assert stage.call("PUT", ban, body, by=stage.ann).status == 422
        assert stage.call("PUT", f"{CHAT}/bans/ben", {}, by=stage.ann).status == 422
        assert stage.call("DELETE", f"{CHAT}/messages/short", by=stage.ann).status == 422

    def test_a_ban_is_told_whole(self, stage: Stage) -> None:
        ban = f"{CHAT}/bans/{stage.ben.user.id}"
        body = stage.call("PUT", ban, {"seconds": 60, "reason": "loud"}, by=stage.ann).body
        assert body["user"]["handle"] == "ben"
        assert body["by"]["handle"] == "ann"
        assert (body["created_at"], body["until"], body["reason"]) == (
            "2026-11-21T09:30:00Z",
            "2026-11-21T09:31:00Z",
            "loud",
        )
        assert stage.call("GET", f"{CHAT}/bans", by=stage.ann).body["items"] == [body]
        assert stage.call("PUT", f"{CHAT}/moderators/ann", by=stage.ann).status == 403


class TestPolls:
    @pytest.mark.parametrize(
        "change",
        [
            {"options": ["only"]},
            {"options": ["x"] * 7},
            {"options": ["x" * 61, "y"]},
            {"question": ""},
            {"question": "q" * 141},
            {"seconds": 14},
            {"seconds": 1801},
        ],
    )
    def test_what_is_malformed_is_refused(self, stage: Stage, change: dict[str, Any]) -> None:
        body = {"question": "Which?", "options": ["a", "b"], "seconds": 60, **change}
        assert stage.call("POST", POLLS, body, by=stage.ann).status == 422

    def test_the_same_key_gets_the_same_poll(self, stage: Stage) -> None:
        assert open_poll(stage.world, stage.ann) == open_poll(stage.world, stage.ann)

    def test_votes_are_limited_and_bounded(self, stage: Stage) -> None:
        vote = f"{POLLS}/{open_poll(stage.world, stage.ann)}/vote"
        assert stage.call("PUT", vote, {"option": 0}).status == 401
        assert stage.call("PUT", vote, {"option": 6}, by=stage.ben).status == 422
        unknown = stage.call("PUT", vote, {"option": 5}, by=stage.ben)
        assert unknown.body["code"] == "poll_option_unknown"
        answer = stage.call("PUT", vote, {"option": 1}, by=stage.ben)
        assert answer.body["own_vote"] == 1
        assert answer.headers["ratelimit-policy"] == VOTES.header


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("0999-12-31T00:00:00Z", "0999-12-31T01:00:00Z"),
        ("9999-12-31T00:00:00Z", "9999-12-31T01:00:00Z"),
        ("0001-01-01T00:00:00%2B14:00", "0001-01-01T01:00:00%2B14:00"),
    ],
)
def test_activity_is_of_a_day_that_has_a_next_one(stage: Stage, since: str, until: str) -> None:
    path = f"{CHAT}/activity?from={since}&to={until}"
    assert stage.call("GET", path, by=stage.ann).status == 422


def test_activity_takes_moments_with_a_zone(stage: Stage) -> None:
    activity = f"{CHAT}/activity"
    naive = "from=2026-11-21T09:00:00&to=2026-11-21T10:00:00"
    assert stage.call("GET", f"{activity}?{naive}", by=stage.ann).status == 422
    assert stage.call("GET", activity, by=stage.ann).status == 422
    zoned = "from=2026-11-21T09:00:00Z&to=2026-11-21T10:00:00Z"
    assert stage.call("GET", f"{activity}?{zoned}", by=stage.ann).body == {"minutes": []}
    assert stage.call("GET", f"{activity}?{zoned}", by=stage.ben).status == 403
