"""The live routes over HTTP: headers, limits, repeats and what is malformed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from api.live import limits
from socialflow.live import wiring
from tests.crash_points import asgi
from tests.crash_points.asgi import Answer
from tests.crash_points.live_channels import channel_of, only_live
from tests.crash_points.plan import Person
from tests.crash_points.world import World

NEW: dict[str, Any] = {"title": "First light", "visibility": "public"}


@pytest.fixture
def ann(world: World) -> Person:
    owner = only_live(world)
    channel_of(world, owner)
    return owner


def ask(
    world: World,
    method: str,
    target: str,
    body: Any = None,
    by: Person | None = None,
    headers: Mapping[str, str] = {},
) -> Answer:
    return asgi.call(method, target, body, {**headers, **world.authorization(by)})


def live(world: World, owner: Person) -> str:
    made = ask(world, "POST", "/v1/broadcasts", NEW, owner)
    assert made.status == 201, made.body
    world.around.ivs.start(made.body["channel_id"])
    world.settle()
    broadcast_id: str = made.body["id"]
    return broadcast_id


class TestTheChannel:
    def test_is_accepted_and_then_there(self, world: World) -> None:
        owner = only_live(world)
        asked = ask(world, "POST", "/v1/me/channel", by=owner)
        assert (asked.status, asked.body["state"]) == (202, "requested")
        assert asked.body["ingest_url"] is None
        world.settle()
        there = ask(world, "POST", "/v1/me/channel", by=owner)
        assert (there.status, there.body["state"]) == (200, "ready")
        assert there.body["ingest_url"].startswith("rtmps://")
        assert there.headers["etag"].startswith('"1.')

    def test_shows_its_key_to_nobody_s_cache_and_not_too_often(
        self, world: World, ann: Person
    ) -> None:
        target = "/v1/me/channel/stream-key"
        for _ in range(limits.KEYS_SHOWN.limit):
            shown = ask(world, "GET", target, by=ann)
            assert shown.status == 200
        assert shown.headers["cache-control"] == "no-store"
        refused = ask(world, "GET", target, by=ann)
        assert (refused.status, refused.body["code"]) == (429, "rate_limited")
        assert refused.body["context"]["policy"] == "stream-key"

    def test_is_edited_with_its_tag(self, world: World, ann: Person) -> None:
        change = {"title": "At sea"}
        without = ask(world, "PATCH", "/v1/me/channel", change, ann)
        assert (without.status, without.body["code"]) == (428, "if_match_required")
        tag = ask(world, "GET", "/v1/me/channel", by=ann).headers["etag"]
        first = ask(world, "PATCH", "/v1/me/channel", change, ann, headers={"if-match": tag})
        assert first.body["defaults"]["title"] == "At sea"
        stale = ask(world, "PATCH", "/v1/me/channel", change, ann, headers={"if-match": tag})
        assert (stale.status, stale.body["code"]) == (412, "channel_edited_meanwhile")


class TestBroadcasts:
    @pytest.mark.parametrize(
        "change",
        [
            {"title": ""},
            {"title": "a\u202eb"},
            {"visibility": "secret"},
            {"category": "x" * 41},
            {"scheduled_for": "tomorrow"},
            {"scheduled_for": "2026-11-22T09:00:00"},
            {"unknown": 1},
        ],
    )
    def test_that_are_malformed(self, world: World, ann: Person, change: dict[str, Any]) -> None:
        refused = ask(world, "POST", "/v1/broadcasts", {**NEW, **change}, ann)
        assert (refused.status, refused.body["code"]) == (422, "validation_failed")

    def test_of_the_same_key_are_one(self, world: World, ann: Person) -> None:
        key = {"idempotency-key": "once"}
        first = ask(world, "POST", "/v1/broadcasts", NEW, ann, headers=key)
        again = ask(world, "POST", "/v1/broadcasts", NEW, ann, headers=key)
        assert (first.status, again.body) == (201, first.body)
        assert again.headers["idempotency-replayed"] == "true"
        other = ask(world, "POST", "/v1/broadcasts", {**NEW, "title": "Dusk"}, ann, headers=key)
        assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
        second = ask(world, "POST", "/v1/broadcasts", NEW, ann)
        assert (second.status, second.body["code"]) == (409, "broadcast_running")

    def test_are_not_sent_twice_while_nothing_changes(self, world: World, ann: Person) -> None:
        target = f"/v1/broadcasts/{live(world, ann)}"
        shown = ask(world, "GET", target)
        tag = {"if-none-match": shown.headers["etag"]}
        assert ask(world, "GET", target, headers=tag).status == 304
        ask(world, "POST", f"{target}/end", by=ann)
        assert ask(world, "GET", target, headers=tag).status == 200

    def test_scheduled_in_another_zone_are_told_in_utc(self, world: World, ann: Person) -> None:
        body = {**NEW, "scheduled_for": "2026-11-23T21:00:00.123456+01:00"}
        made = ask(world, "POST", "/v1/broadcasts", body, ann)
        assert made.body["state"] == "scheduled"
        assert made.body["scheduled_for"] == "2026-11-23T20:00:00.123000Z"

    def test_ending_are_accepted_and_then_over(self, world: World, ann: Person) -> None:
        target = f"/v1/broadcasts/{live(world, ann)}/end"
        ended = ask(world, "POST", target, by=ann)
        assert (ended.status, ended.body["state"]) == (202, "ending")
        world.settle()
        again = ask(world, "POST", target, by=ann)
        assert (again.status, again.body["state"]) == (200, "ended")


class TestTheDirectory:
    def test_is_everybody_s_for_five_seconds(self, world: World, ann: Person) -> None:
        broadcast_id = live(world, ann)
        answer = ask(world, "GET", "/v1/live")
        assert answer.headers["cache-control"] == "public, max-age=5"
        assert [item["id"] for item in answer.body["items"]] == [broadcast_id]
        assert answer.body["items"][0]["owner"]["handle"] == "ann"
        assert answer.body["next_cursor"] is None

    def test_is_the_same_for_its_owner(self, world: World, ann: Person) -> None:
        live(world, ann)
        assert ask(world, "GET", "/v1/live", by=ann).body == ask(world, "GET", "/v1/live").body

    def test_takes_no_made_up_cursor(self, world: World) -> None:
        refused = ask(world, "GET", "/v1/live?cursor=%21")
        assert (refused.status, refused.body["code"]) == (422, "cursor_invalid")


class TestWatching:
    def test_needs_no_body_and_no_account(self, world: World, ann: Person) -> None:
        target = f"/v1/broadcasts/{live(world, ann)}"
        ticket = ask(world, "POST", f"{target}/playback")
        assert ticket.status == 200
        assert ticket.headers["cache-control"] == "no-store"
        assert ticket.body["heartbeat_seconds"] == 15
        beat = {"viewer_token": ticket.body["viewer_token"], "latency_ms": 2400}
        assert ask(world, "POST", f"{target}/heartbeats", beat).status == 204
        again = ask(
            world, "POST", f"{target}/playback", {"viewer_token": ticket.body["viewer_token"]}
        )
        names = [each.body["viewer_token"].split(".")[2] for each in (ticket, again)]
        assert names[0] == names[1]

    @pytest.mark.parametrize("latency", [-1, 600_001, "fast"])
    def test_is_not_told_nonsense(self, world: World, ann: Person, latency: Any) -> None:
        target = f"/v1/broadcasts/{live(world, ann)}/heartbeats"
        refused = ask(world, "POST", target, {"viewer_token": "x", "latency_ms": latency})
        assert refused.body["code"] == "validation_failed"

    def test_is_limited_by_address(self, world: World, ann: Person) -> None:
        target = f"/v1/broadcasts/{live(world, ann)}/heartbeats"
        token = {"viewer_token": "vt1.nothing"}
        refused = ask(world, "POST", target, token, ann)
        assert refused.headers["ratelimit"].startswith('"live-heartbeat"')
        limiter = wiring.rate_limiter()
        spent = limiter.spend(limits.HEARTBEATS, "203.0.113.7")
        assert spent.remaining == limits.HEARTBEATS.limit - 2


class TestNumbers:
    def test_are_the_creator_s(self, world: World, ann: Person) -> None:
        ben = world.person("ben")
        target = f"/v1/broadcasts/{live(world, ann)}/analytics"
        assert ask(world, "GET", target).status == 401
        refused = ask(world, "GET", target, by=ben)
        assert (refused.status, refused.body["code"]) == (404, "broadcast_not_found")
