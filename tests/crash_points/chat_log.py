"""The log of a chat: read, doubled, and beside the replay without what was deleted."""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

from tests.chat_log_lines import logged
from tests.crash_points.chat_rooms import CHAT, MESSAGE, channel_of, room_of_ann
from tests.crash_points.cloud import CHAT_LOGS
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.videos_replays import REPLAY, recorded
from tests.crash_points.world import World

OTHER: Final = "AbCdEfGhIjK2"
DAY: Final = "from=2026-11-21T00:00:00Z&to=2026-11-21T23:59:00Z"


def write_log(world: World, owner: Person, sender: Person, *message_ids: str) -> None:
    """IVS Chat writes a file and S3 announces it."""
    room_id = world.around.ivs_chat.room_of(channel_of(owner)).arn.rpartition("/")[2]
    key = f"AWSLogs/123456789012/IVSChatLogs/1.0/eu-west-1/room_{room_id}/2026/11/21/09/1.log.gz"
    lines = [
        json.dumps(_logged(sender, message_id, place))
        for place, message_id in enumerate(message_ids)
    ]
    body = gzip.compress("\n".join([*lines, "not a line of a log", ""]).encode(), mtime=0)
    world.cloud.put_object(CHAT_LOGS, key, body)
    detail = {"bucket": {"name": CHAT_LOGS}, "object": {"key": key, "size": len(body)}}
    world.around.emit("aws.s3", "Object Created", detail)


def _logged(sender: Person, message_id: str, place: int) -> dict[str, Any]:
    return logged(
        message_id,
        f"2026-11-21T09:01:0{place + 1}.123456789Z",
        f"hello {place}",
        sender_id=sender.user.id,
        handle=sender.user.handle,
        display_name=sender.user.display_name,
    )


def replay_has_its_chat(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    recorded(world, ann, 1)
    write_log(world, ann, ben, MESSAGE, OTHER)
    write_log(world, ann, ben, MESSAGE, OTHER)
    world.settle()
    shown = world.look(f"/v1/videos/{REPLAY}/chat")["items"]
    assert [(each["id"], each["offset_ms"]) for each in shown] == [(MESSAGE, 1123), (OTHER, 2123)]
    minutes = world.look(f"{CHAT}/activity?{DAY}", by=ann)["minutes"]
    assert [each["messages"] for each in minutes] == [2]


def message_deleted_before_its_log_came(world: World) -> None:
    ann, ben = room_of_ann(world, "ben")
    recorded(world, ann, 1)
    # After the moment in the broadcast's id, so that ids stand in one order in every run.
    world.pass_time(days=1)
    reason = {"reason": "rude"}
    world.request("DELETE", f"{CHAT}/messages/{MESSAGE}", reason, by=ann, expect=204)
    world.settle()
    assert world.around.ivs_chat.room_of(channel_of(ann)).deleted == {MESSAGE}
    write_log(world, ann, ben, MESSAGE, OTHER)
    world.settle()
    shown = world.look(f"/v1/videos/{REPLAY}/chat")["items"]
    assert [each["id"] for each in shown] == [OTHER]
    (act,) = world.look(f"{CHAT}/audit", by=ann)["items"]
    assert (act["message"], act["target"]["handle"], act["reason"]) == ("hello 0", "ben", "rude")


CHAT_LOG: Final[tuple[Scenario, ...]] = (
    replay_has_its_chat,
    message_deleted_before_its_log_came,
)
