"""Polls: opened, voted in, closed by act and by time, and told to the room."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.chat_rooms import CHAT, channel_of, room_of_ann
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.world import World

POLLS: Final = f"{CHAT}/polls"
EVENT: Final = "socialflow:poll"
# Longer than a crash takes, so that votes are not too late in a disturbed run.
SECONDS: Final = 1800


def open_poll(world: World, by: Person, key: str = "poll-1") -> str:
    body = {"question": "Which map?", "options": ["Ice", "Lava"], "seconds": SECONDS}
    headers = {"idempotency-key": key}
    answer = world.request("POST", POLLS, body, by=by, headers=headers, expect=201)
    poll_id: str = answer.body["id"]
    return poll_id


def vote(world: World, by: Person, poll_id: str, option: int, *, expect: int = 200) -> Any:
    target = f"{POLLS}/{poll_id}/vote"
    return world.request("PUT", target, {"option": option}, by=by, expect=expect).body


def votes_told(world: World, owner: Person) -> tuple[str, list[int]]:
    """The state and the counts that the room heard last."""
    last = world.around.ivs_chat.told(channel_of(owner), EVENT)[-1]
    return last["state"], [option["votes"] for option in last["options"]]


def poll_ends_by_time(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    poll_id = open_poll(world, ann)
    world.settle()
    vote(world, ben, poll_id, 1)
    world.settle()
    world.pass_time(minutes=16)
    world.settle()
    assert world.look(f"{POLLS}/current", by=ben)["own_vote"] == 1
    world.pass_time(minutes=16)
    world.settle()
    assert votes_told(world, ann) == ("closed", [0, 1])
    vote(world, ann, poll_id, 0, expect=409)
    assert world.look(f"{POLLS}/current")["code"] == "poll_not_found"


def poll_is_closed_and_votes_told_newest_first(world: World) -> None:
    ann, ben, cleo = room_of_ann(world, "ben", "cleo")
    poll_id = open_poll(world, ann)
    vote(world, ben, poll_id, 1)
    vote(world, cleo, poll_id, 1)
    vote(world, ben, poll_id, 0, expect=409)
    world.settle(batch=2, newest_first=True)
    assert votes_told(world, ann) == ("open", [0, 2])
    world.request("POST", f"{POLLS}/{poll_id}/close", by=ann)
    world.settle()
    assert votes_told(world, ann) == ("closed", [0, 2])
    assert world.look(f"{POLLS}/{poll_id}", by=ben)["state"] == "closed"
    world.look(f"{CHAT}/audit", by=ann)


CHAT_POLLS: Final[tuple[Scenario, ...]] = (
    poll_ends_by_time,
    poll_is_closed_and_votes_told_newest_first,
)
