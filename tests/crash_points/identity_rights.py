"""People ask for their data, leave, and think better of it; contexts hand in and erase."""

from __future__ import annotations

from typing import Any, Final

from socialflow.platform.principal import UserId
from socialflow.platform.records import receipt_key
from tests.crash_points.chat_log import OTHER, write_log
from tests.crash_points.chat_polls import open_poll, vote
from tests.crash_points.chat_rooms import CHAT, MESSAGE, channel_of, request_channel
from tests.crash_points.cloud import RECORDINGS, RECORDS
from tests.crash_points.harness import Scenario
from tests.crash_points.live_broadcasts import create
from tests.crash_points.live_channels import channel_of as own_channel
from tests.crash_points.live_channels import only_live
from tests.crash_points.people import PASSWORD
from tests.crash_points.plan import Person
from tests.crash_points.videos_people import ready_video
from tests.crash_points.videos_processing import create as create_video
from tests.crash_points.world import World

EXPORTS: Final = "/v1/me/exports"
DELETION: Final = "/v1/me/deletion"
SETTLE: Final = "identity.every_1_hour_settle_rights"
# Before all other ids, in every run.
NOBODY: Final = UserId("gone_00000000000000000000000000")
# The audit keeps the request's id, which a repeat has another of unless its client says so.
ONCE: Final = {"idempotency-key": "export-1", "x-request-id": "request-1"}
OTHERS: Final = ("chat", "live", "social", "videos")


def export_is_gathered_and_fetched(world: World) -> None:
    ann = world.owner()
    world.person("ben")
    world.request("PUT", "/v1/users/ben/follow", by=ann)
    asked = world.request("POST", EXPORTS, {}, by=ann, headers=ONCE, expect=202).body
    world.settle()
    target = f"{EXPORTS}/{asked['id']}"
    assert _state(world, ann, target) == "ready"
    noted = {"x-request-id": "request-2"}
    link = world.request("POST", f"{target}/link", by=ann, headers=noted).body["url"]
    assert "X-Amz-Expires=900" in link
    world.request("POST", EXPORTS, {}, by=ann, expect=429)
    (listed,) = world.request("GET", EXPORTS, by=ann).body["items"]
    assert listed["id"] == asked["id"]


def parts_of_an_export_come_backwards(world: World) -> None:
    ann = world.owner()
    asked = world.request("POST", EXPORTS, {}, by=ann, headers=ONCE, expect=202).body
    world.settle(batch=2, newest_first=True)
    assert _state(world, ann, f"{EXPORTS}/{asked['id']}") == "ready"


def deletion_is_taken_back(world: World) -> None:
    world.around.contexts = frozenset({"identity"})
    ann = world.owner()
    # Who asks again has no session any more.
    world.request("POST", DELETION, by=ann, expect=202, again=401)
    world.settle()
    world.pass_time(minutes=2)
    assert world.look("/v1/users/ann/videos")["code"] == "user_not_found"
    again = {"email": ann.user.email, "password": PASSWORD}
    tokens = world.request("POST", "/v1/auth/login", again).body
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    world.request("DELETE", DELETION, headers=bearer, expect=204)
    world.settle()
    world.months_later()
    world.wake(SETTLE)
    assert world.look("/v1/users/ann/videos")["items"] == []


def account_is_erased_in_two_passes(world: World) -> None:
    world.around.contexts = frozenset({"identity"})
    ann = world.owner()
    world.request("POST", DELETION, by=ann, expect=202, again=401)
    world.settle()
    world.months_later()
    world.wake(SETTLE)
    for number in (1, 2):
        assert _case(world)["pass"] == number
        for context in OTHERS:
            _hand_in(world, context, number)
        world.settle()
        world.pass_time(days=1, hours=1)
        world.wake(SETTLE)
    assert _case(world)["state"] == "erased"


def receipt_that_never_comes(world: World) -> None:
    world.around.contexts = frozenset({"identity"})
    ann = world.owner()
    world.request("POST", DELETION, by=ann, expect=202, again=401)
    world.settle()
    world.months_later()
    world.wake(SETTLE)
    for context in OTHERS[:-1]:
        _hand_in(world, context, 1)
    world.settle()
    world.pass_time(hours=7)
    world.wake(SETTLE)
    assert _case(world)["state"] == "erasing"


def chat_forgets_somebody(world: World) -> None:
    world.around.contexts = frozenset({"chat"})
    ann, ben, cleo = world.owner(), world.person("ben"), world.person("cleo")
    for each in (ann, ben):
        request_channel(world, each)
        world.settle()
    write_log(world, ann, ben, MESSAGE)
    write_log(world, ben, ann, OTHER)
    world.request("PUT", f"{CHAT}/moderators/ben", by=ann)
    world.request("PUT", f"{CHAT}/bans/{cleo.user.id}", {"reason": "r"}, by=ben)
    poll_id = open_poll(world, ben)
    vote(world, ben, poll_id, 1)
    world.settle()
    _leaves(world, ben, "chat")
    assert channel_of(ben) not in {
        room.request["name"] for room in world.around.ivs_chat.rooms.values()
    }
    acts = world.look(f"{CHAT}/audit", by=ann)["items"]
    assert [act["actor"] and act["actor"]["handle"] for act in acts] == [None, None, "ann"]


def live_forgets_somebody(world: World) -> None:
    ann = only_live(world)
    channel_id = own_channel(world, ann)
    # Without a replay: whether IVS's last word comes before or after the erasure is its own affair.
    create(world, ann, replay=False)
    world.around.ivs.start(channel_id)
    world.settle()
    _leaves(world, ann, "live")
    assert world.around.ivs.channels == {}
    assert world.cloud.objects(RECORDINGS) == {}


def social_forgets_somebody(world: World) -> None:
    ann, ben = world.owner(), world.person("ben")
    world.request("PUT", "/v1/users/ben/follow", by=ann)
    world.request("PUT", "/v1/users/ann/follow", by=ben)
    world.settle()
    _leaves(world, ann, "social")
    follows = [item for item in world.cloud.items("social") if "follower_id" in item]
    assert follows == []


def videos_forget_somebody(world: World) -> None:
    world.around.contexts = frozenset({"videos"})
    ann, ben = world.owner(), world.person("ben")
    shared = ready_video(world, ben, visibility="private")
    world.request("PUT", f"/v1/videos/{shared}/viewers/ann", by=ben)
    create_video(world, ann)
    _leaves(world, ann, "videos")
    assert world.look(f"/v1/videos/{shared}/viewers", by=ben)["items"] == []


def _state(world: World, person: Person, target: str) -> str:
    """How far an export is; its size, which follows from the times in it, is no end state."""
    state: str = world.request("GET", target, by=person).body["state"]
    return state


def _leaves(world: World, person: Person, context: str) -> None:
    """Identity says so, twice, as it does a day apart; only this context hears it."""
    world.months_later()
    world.around.contexts = frozenset({context})
    for number in (1, 2):
        data = {
            "user_id": person.user.id,
            "handle": person.user.handle,
            "anonymous_id": NOBODY,
            "pass": number,
        }
        detail = {
            "id": f"deleted-{number}",
            "occurred_at": "2026-12-21T09:30:00.000Z",
            "correlation_id": "deleted",
            "data": data,
        }
        world.around.emit("socialflow.identity", "AccountDeleted.v1", detail)
        world.settle()
        for _ in range(2):
            world.pass_time(minutes=16)
            world.settle()
        assert receipt_key(NOBODY, number, context) in world.cloud.objects(RECORDS)
        world.pass_time(days=1)


def _hand_in(world: World, context: str, number: int) -> None:
    key = receipt_key(_case(world)["anonymous_id"], number, context)
    world.cloud.put_object(RECORDS, key, b"{}")
    detail = {"bucket": {"name": RECORDS}, "object": {"key": key, "size": 2}}
    world.around.emit("aws.s3", "Object Created", detail)


def _case(world: World) -> dict[str, Any]:
    (case,) = [each for each in world.cloud.items("identity") if each.get("kind") == "erasure"]
    return case


IDENTITY_RIGHTS: Final[tuple[Scenario, ...]] = (
    export_is_gathered_and_fetched,
    parts_of_an_export_come_backwards,
    deletion_is_taken_back,
    account_is_erased_in_two_passes,
    receipt_that_never_comes,
    chat_forgets_somebody,
    live_forgets_somebody,
    social_forgets_somebody,
    videos_forget_somebody,
)
