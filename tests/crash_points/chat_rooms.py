"""Rooms, who may write in them, and what their moderators do."""

from __future__ import annotations

from typing import Any, Final

from socialflow.platform.ids import same_ulid
from tests.crash_points.deliveries import invoke
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.world import World

CHAT: Final = "/v1/channels/ann/chat"
MESSAGE: Final = "AbCdEfGhIjK1"
REVIEW: Final = "chat.on_message_review"
HOUR: Final = 3600


def request_channel(world: World, owner: Person) -> None:
    """The live context tells that somebody wants a channel."""
    detail = {
        "id": f"requested-{owner.user.handle}",
        "occurred_at": "2026-11-21T09:30:00.000Z",
        "correlation_id": "requested",
        "data": {"channel_id": channel_of(owner), "owner_id": owner.user.id},
    }
    world.around.emit("socialflow.live", "ChannelRequested.v1", detail)


def channel_of(owner: Person) -> str:
    return same_ulid(owner.user.id, "chn")


def room_of_ann(world: World, *handles: str) -> list[Person]:
    """Ann, whose channel has its room, and others.

    They are there before anything can be stopped, so that they are the same people in every run.
    """
    people = [world.owner(), *(world.person(handle) for handle in handles)]
    request_channel(world, people[0])
    world.settle()
    return people


def draft(world: World, owner: Person, sender: Person, message_id: str = MESSAGE) -> dict[str, Any]:
    """What IVS Chat asks of the review."""
    return {
        "Content": "hello there",
        "MessageId": message_id,
        "RoomArn": world.around.ivs_chat.room_of(channel_of(owner)).arn,
        "Attributes": {"role": "owner"},
        "Sender": {
            "UserId": sender.user.id,
            "Ip": "203.0.113.7",
            "Attributes": {"handle": sender.user.handle, "role": "member", "followed_at": ""},
        },
    }


def verdict(world: World, owner: Person, sender: Person, message_id: str) -> tuple[str, str | None]:
    """What the review answers, and why."""
    answer = invoke(REVIEW, draft(world, owner, sender, message_id))
    return answer["ReviewResult"], answer["Attributes"].get("Reason")


def rooms_are_made_once(world: World) -> None:
    ann, ben = world.owner(), world.person("ben")
    request_channel(world, ann)
    request_channel(world, ben)
    request_channel(world, ann)
    world.settle(batch=3)
    assert len(world.around.ivs_chat.rooms) == 2
    world.look(f"{CHAT}/settings")


def tokens_are_given_out(world: World) -> None:
    (ann,) = room_of_ann(world)
    tokens = f"{CHAT}/tokens"
    assert world.request("POST", tokens).body["refused_because"] == "signed_out"
    assert world.request("POST", tokens, by=ann).body["role"] == "owner"


def settings_are_changed(world: World) -> None:
    (ann,) = room_of_ann(world)
    for edits, change in enumerate(({"slow_mode_seconds": 30}, {"blocked_terms": ["spam"]}), 1):
        tag = {"if-match": f'"{edits}.1"'}
        world.request("PATCH", f"{CHAT}/settings", change, by=ann, headers=tag, again=412)
    world.look(f"{CHAT}/settings", by=ann)
    world.look(f"{CHAT}/settings")
    world.look(f"{CHAT}/audit", by=ann)


def moderators_come_and_go(world: World) -> None:
    ann, ben, cleo = room_of_ann(world, "ben", "cleo")
    moderators = f"{CHAT}/moderators"
    for handle in ("ben", "cleo"):
        world.request("PUT", f"{moderators}/{handle}", by=ann)
    world.request("DELETE", f"{moderators}/ben", by=ann, expect=204)
    world.request("DELETE", f"{CHAT}/messages/{MESSAGE}", by=cleo, expect=204)
    world.request("DELETE", f"{CHAT}/messages/{MESSAGE}", by=ben, expect=403)
    world.settle()
    world.look(moderators, by=ann)
    world.look(f"{CHAT}/audit", by=cleo)


def sender_is_silenced_and_let_back(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    bans = f"{CHAT}/bans/{ben.user.id}"
    world.request("PUT", bans, {"seconds": HOUR, "reason": "shouting"}, by=ann)
    world.settle()
    assert verdict(world, ann, ben, MESSAGE)[0] == "DENY"
    world.request("DELETE", bans, by=ann, expect=204)
    world.settle()
    assert verdict(world, ann, ben, MESSAGE) == ("ALLOW", None)
    world.look(f"{CHAT}/bans", by=ann)
    world.look(f"{CHAT}/audit", by=ann)


def banned_sender_comes_back(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    tokens = f"{CHAT}/tokens"
    world.request("POST", tokens, by=ben)
    world.request("PUT", f"{CHAT}/bans/{ben.user.id}", {"reason": "spam"}, by=ann)
    world.settle()
    assert ben.user.id in world.around.ivs_chat.room_of(channel_of(ann)).disconnected
    # By a new token, from another device, and with a token from before.
    world.request("POST", tokens, by=ben, expect=403)
    world.request("POST", tokens, by=ben, headers={"user-agent": "another device"}, expect=403)
    assert verdict(world, ann, ben, MESSAGE) == ("DENY", "banned")
    world.look(f"{CHAT}/bans", by=ann)


def message_is_reviewed_in_slow_mode(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    tag = {"if-match": '"1.1"'}
    slow = {"slow_mode_seconds": 30}
    world.request("PATCH", f"{CHAT}/settings", slow, by=ann, headers=tag, again=412)
    world.wake(REVIEW, draft(world, ann, ben))


CHAT_ROOMS: Final[tuple[Scenario, ...]] = (
    rooms_are_made_once,
    tokens_are_given_out,
    settings_are_changed,
    moderators_come_and_go,
    sender_is_silenced_and_let_back,
    banned_sender_comes_back,
    message_is_reviewed_in_slow_mode,
)
