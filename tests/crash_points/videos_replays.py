"""Broadcasts that were recorded: their replays, made, grown, hidden and deleted meanwhile."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.cloud import RECORDINGS
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.videos_people import delete, edit
from tests.crash_points.videos_processing import much_later, status_of
from tests.crash_points.world import World

BROADCAST: Final = "brd_01M7YQ1WE0000000000000000Z"
REPLAY: Final = "vid_01M7YQ1WE0000000000000000Z"
SHOWN: Final = f"/v1/videos/{REPLAY}"
_MASTER: Final = (
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=230000,RESOLUTION=284x160\n160p30/playlist.m3u8\n"
)
_PLAYLIST: Final = "#EXTM3U\n#EXTINF:6.000,\n0.ts\n#EXT-X-ENDLIST\n"


def recorded(world: World, owner: Person, *numbers: int, visibility: str = "public") -> None:
    """The live context tells that a broadcast has these recordings by now."""
    recordings = [_recording(world, number) for number in numbers]
    data = {
        "broadcast_id": BROADCAST,
        "channel_id": BROADCAST.replace("brd", "chn"),
        "owner_id": owner.user.id,
        "title": "Evening stream",
        "description": "",
        "category": "talk",
        "visibility": visibility,
        "poster_key": None,
        "recordings": recordings,
    }
    detail = {
        "id": f"recorded-{len(numbers)}",
        "occurred_at": "2026-11-21T09:30:00.000Z",
        "correlation_id": "recorded",
        "data": data,
    }
    world.around.emit("socialflow.live", "BroadcastRecorded.v1", detail)


def _recording(world: World, number: int) -> dict[str, Any]:
    """As small as it can be: each object is two more runs."""
    prefix = f"ivs/v1/123456789012/AbCdEf12GhIj/2026/11/21/9/{number}/rec{number}"
    for name, text in {
        "hls/master.m3u8": _MASTER,
        "hls/160p30/playlist.m3u8": _PLAYLIST,
        "hls/160p30/0.ts": "segment",
        "thumbnails/thumb0.jpg": "picture",
    }.items():
        world.cloud.put_object(RECORDINGS, f"{prefix}/media/{name}", text.encode())
    return {
        "stream_id": f"st-{number}",
        "bucket": RECORDINGS,
        "key_prefix": prefix,
        "started_at": f"2026-11-21T09:0{number}:00.000Z",
        "duration_ms": 6000,
    }


def broadcast_becomes_a_replay(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.settle()
    assert status_of(world, ann, REPLAY) == "ready"
    world.look("/v1/users/ann/videos")


def replay_grows_by_a_reconnect(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.settle()
    recorded(world, ann, 1, 2)
    world.settle()
    much_later(world)
    assert world.look(SHOWN)["duration_ms"] == 12_000


def recordings_heard_of_in_reversed_order(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    recorded(world, ann, 1, 2)
    world.settle(newest_first=True)
    much_later(world)
    assert world.look(SHOWN)["duration_ms"] == 12_000


def recordings_that_overtake_each_other(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    recorded(world, ann, 1, 2)
    world.settle()
    much_later(world)
    assert world.look(SHOWN)["duration_ms"] == 12_000


def recording_that_failed(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.cloud.s3.delete_object(
        Bucket=RECORDINGS,
        Key="ivs/v1/123456789012/AbCdEf12GhIj/2026/11/21/9/1/rec1/media/hls/master.m3u8",
    )
    world.settle()
    assert world.look(SHOWN, by=ann)["code"] == "video_not_found"


def replay_deleted_as_it_grows(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.settle()
    recorded(world, ann, 1, 2)
    delete(world, ann, REPLAY)
    world.settle()
    assert world.look(SHOWN, by=ann)["code"] == "video_not_found"


def replay_hidden_as_it_grows(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.settle()
    edit(world, ann, REPLAY, 1, visibility="private", title="For friends")
    recorded(world, ann, 1, 2)
    world.settle()
    much_later(world)
    shown = world.look(SHOWN, by=ann)
    assert (shown["title"], shown["duration_ms"]) == ("For friends", 12_000)


def replay_hidden_by_its_broadcast(world: World) -> None:
    ann = world.owner()
    recorded(world, ann, 1)
    world.settle()
    recorded(world, ann, 1, 2, visibility="private")
    world.settle()
    much_later(world)
    world.look("/v1/users/ann/videos")
    assert world.look(SHOWN)["code"] == "video_not_found"


REPLAYS: Final[tuple[Scenario, ...]] = (
    broadcast_becomes_a_replay,
    replay_grows_by_a_reconnect,
    recordings_heard_of_in_reversed_order,
    recordings_that_overtake_each_other,
    recording_that_failed,
    replay_deleted_as_it_grows,
    replay_hidden_as_it_grows,
    replay_hidden_by_its_broadcast,
)
