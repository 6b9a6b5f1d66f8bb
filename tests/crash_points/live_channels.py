"""Channels of creators: made, set up, their stream keys rotated, with and without events."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.world import World

FOLLOW: Final = "live.every_1_minute_follow_broadcasts"
MINE: Final = "/v1/me/channel"


def only_live(world: World) -> Person:
    """Ann, where only the live context hears events: each other one has scenarios of its own."""
    world.around.contexts = frozenset({"live"})
    return world.owner()


def channel_of(world: World, owner: Person) -> str:
    """Asks for a channel, and has it made."""
    asked = world.request("POST", MINE, by=owner, expect=202, again=200)
    world.settle()
    channel_id: str = asked.body["id"]
    return channel_id


def followed(world: World, **by: float) -> None:
    """Later, the follower comes by."""
    world.pass_time(**by)
    world.wake(FOLLOW)
    world.settle()


def channel_is_made(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    shown: dict[str, Any] = world.look(MINE, by=ann)
    assert shown["state"] == "ready"
    assert world.look(f"{MINE}/stream-key", by=ann)["stream_key"].startswith("sk_")
    world.around.ivs.named(shown["id"])


def channel_whose_request_was_lost(world: World) -> None:
    ann = only_live(world)
    world.request("POST", MINE, by=ann, expect=202)
    world.lose_events()
    followed(world, minutes=3)
    followed(world, minutes=3)
    assert world.look(MINE, by=ann)["state"] == "ready"


def channel_is_set_up(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    tag = {"if-match": '"1.1"'}
    changes = {"title": "At sea", "category": "music", "visibility": "unlisted", "replay": False}
    world.request("PATCH", MINE, changes, by=ann, headers=tag, again=412)
    world.settle()
    assert world.look(MINE, by=ann)["defaults"]["title"] == "At sea"


def stream_key_is_rotated(world: World) -> None:
    ann = only_live(world)
    channel_id = channel_of(world, ann)
    world.around.ivs.start(channel_id)
    world.settle()
    world.request("POST", f"{MINE}/stream-key/rotations", by=ann, expect=202)
    world.settle()
    followed(world, hours=3)
    followed(world, minutes=1)
    assert world.look(MINE, by=ann)["stream_key_state"] == "ready"
    assert world.look(f"{MINE}/stream-key", by=ann)["stream_key"].endswith("_2")


def rotation_that_was_lost(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    world.request("POST", f"{MINE}/stream-key/rotations", by=ann, expect=202)
    world.lose_events()
    followed(world, minutes=3)
    followed(world, minutes=3)
    assert world.look(MINE, by=ann)["stream_key_state"] == "ready"


LIVE_CHANNELS: Final[tuple[Scenario, ...]] = (
    channel_is_made,
    channel_whose_request_was_lost,
    channel_is_set_up,
    stream_key_is_rotated,
    rotation_that_was_lost,
)
