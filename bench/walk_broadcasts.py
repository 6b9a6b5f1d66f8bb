"""The walk through broadcasts, their chat and their replays."""

from __future__ import annotations

import struct
from datetime import timedelta
from typing import Any, Final

from bench.asking import ask
from socialflow.platform.clock import to_rfc3339, utc_now
from tests.crash_points.chat_log import write_log
from tests.crash_points.chat_rooms import MESSAGE, REVIEW, draft
from tests.crash_points.cloud import RECORDINGS, UPLOADS
from tests.crash_points.fake_ivs import THUMBNAIL
from tests.crash_points.plan import Person
from tests.crash_points.videos_replays import REPLAY, recorded
from tests.crash_points.world import World

FOLLOW: Final = "live.every_1_minute_follow_broadcasts"
CHANNEL: Final = "/v1/me/channel"
CHAT: Final = "/v1/channels/ann/chat"
EVENING: Final = {"title": "An evening by the river", "visibility": "public", "category": "talk"}
POLL: Final = {"question": "Which way?", "options": ["Upstream", "Downstream"], "seconds": 600}
ANY_VERSION: Final = {"if-match": "*"}
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 360) + b"rest"


def walk_broadcasts(world: World, ann: Person, ben: Person) -> None:
    """From a channel to a replay with its chat."""
    _channel(world, ann)
    _schedule(world, ann)
    broadcast_id = _create(world, ann, 3)
    channel_id = _go_live(world, ann, broadcast_id)
    _watch(world, ann, ben, broadcast_id)
    _chat(world, ann, ben)
    _end(world, ann, broadcast_id, channel_id)
    _replay(world, ann, ben)


def _channel(world: World, ann: Person) -> None:
    ask(world, "POST", CHANNEL, by=ann, expect=202)
    world.settle()
    ask(world, "GET", CHANNEL, by=ann)
    ask(world, "PATCH", CHANNEL, {"title": "By the river"}, by=ann, headers=ANY_VERSION)
    ask(world, "GET", f"{CHANNEL}/stream-key", by=ann)
    ask(world, "POST", f"{CHANNEL}/stream-key/rotations", by=ann, expect=202)
    world.settle()


def _create(world: World, ann: Person, number: int, **more: Any) -> str:
    key = {"idempotency-key": f"broadcast-{number}"}
    body = {**EVENING, **more}
    made = ask(world, "POST", "/v1/broadcasts", body, by=ann, headers=key, expect=201)
    broadcast_id: str = made["id"]
    return broadcast_id


def _schedule(world: World, ann: Person) -> None:
    soon = to_rfc3339(utc_now() + timedelta(hours=30))
    given_up = f"/v1/broadcasts/{_create(world, ann, 1, scheduled_for=soon)}"
    ask(world, "PATCH", given_up, {"title": "Later"}, by=ann, headers=ANY_VERSION)
    ask(world, "DELETE", given_up, by=ann, expect=204)
    started = f"/v1/broadcasts/{_create(world, ann, 2, scheduled_for=soon)}"
    ask(world, "POST", f"{started}/start", by=ann)
    ask(world, "POST", f"{started}/end", by=ann)
    world.settle()


def _go_live(world: World, ann: Person, broadcast_id: str) -> str:
    picture = {"content_type": "image/png", "size_bytes": len(PNG)}
    ask(world, "POST", f"/v1/broadcasts/{broadcast_id}/thumbnail", picture, by=ann)
    _arrives(world, UPLOADS, f"thumbnails/{broadcast_id}/pic_1", PNG)
    channel_id: str = ask(world, "GET", CHANNEL, by=ann)["id"]
    stream = world.around.ivs.start(channel_id)
    world.settle()
    _arrives(world, RECORDINGS, f"{stream.prefix}/{THUMBNAIL}", b"picture")
    world.settle()
    return channel_id


def _watch(world: World, ann: Person, ben: Person, broadcast_id: str) -> None:
    target = f"/v1/broadcasts/{broadcast_id}"
    playback = ask(world, "POST", f"{target}/playback", by=ben)
    beat = {"viewer_token": playback["viewer_token"], "latency_ms": 2500}
    ask(world, "POST", f"{target}/heartbeats", beat, expect=204)
    world.pass_time(seconds=30)
    world.settle()
    world.wake(FOLLOW)
    ask(world, "GET", target, by=ben)
    ask(world, "GET", "/v1/live")
    ask(world, "GET", "/v1/channels/ann/live", by=ben)
    ask(world, "GET", f"{target}/analytics", by=ann)


def _chat(world: World, ann: Person, ben: Person) -> None:
    ask(world, "PUT", "/v1/users/ann/follow", by=ben)
    ask(world, "GET", "/v1/users/ann/follow", by=ben)
    ask(world, "GET", "/v1/me/following", by=ben)
    rules = {"followers_only_minutes": 0, "slow_mode_seconds": 5}
    ask(world, "PATCH", f"{CHAT}/settings", rules, by=ann, headers=ANY_VERSION)
    ask(world, "GET", f"{CHAT}/settings", by=ben)
    ask(world, "POST", f"{CHAT}/tokens", by=ben)
    world.wake(REVIEW, draft(world, ann, ben))
    ask(world, "PUT", f"{CHAT}/moderators/ben", by=ann)
    ask(world, "GET", f"{CHAT}/moderators", by=ann)
    ask(world, "DELETE", f"{CHAT}/messages/{MESSAGE}", {"reason": "rude"}, by=ben, expect=204)
    ask(world, "DELETE", f"{CHAT}/moderators/ben", by=ann, expect=204)
    ask(world, "PUT", f"{CHAT}/bans/{ben.user.id}", {"reason": "spam"}, by=ann)
    ask(world, "GET", f"{CHAT}/bans", by=ann)
    world.settle()
    ask(world, "DELETE", f"{CHAT}/bans/{ben.user.id}", by=ann, expect=204)
    ask(world, "GET", f"{CHAT}/audit", by=ann)
    key = {"idempotency-key": "poll-1"}
    polls = f"{CHAT}/polls"
    poll_id = ask(world, "POST", polls, POLL, by=ann, headers=key, expect=201)["id"]
    ask(world, "PUT", f"{polls}/{poll_id}/vote", {"option": 1}, by=ben)
    ask(world, "GET", f"{polls}/current", by=ben)
    ask(world, "GET", f"{polls}/{poll_id}", by=ben)
    world.settle()
    ask(world, "POST", f"{polls}/{poll_id}/close", by=ann)
    world.settle()
    ask(world, "DELETE", "/v1/users/ann/follow", by=ben)


def _end(world: World, ann: Person, broadcast_id: str, channel_id: str) -> None:
    target = f"/v1/broadcasts/{broadcast_id}"
    ask(world, "PATCH", target, {"visibility": "private"}, by=ann, headers=ANY_VERSION)
    world.settle()
    ask(world, "POST", f"{target}/end", by=ann, expect=202)
    world.settle()
    world.pass_time(hours=3)
    world.wake(FOLLOW)
    world.settle()
    ask(world, "GET", "/v1/me/broadcasts", by=ann)
    ask(world, "GET", "/v1/channels/ann/broadcasts?state=ended")


def _replay(world: World, ann: Person, ben: Person) -> None:
    recorded(world, ann, 1)
    world.settle()
    recorded(world, ann, 1, 2)
    world.settle()
    write_log(world, ann, ben, "AbCdEfGhIjK2", "AbCdEfGhIjK3")
    world.settle()
    ask(world, "GET", f"/v1/videos/{REPLAY}", by=ben)
    ask(world, "GET", f"/v1/videos/{REPLAY}/chat", by=ben)
    day = "from=2026-11-21T00:00:00Z&to=2026-11-21T23:59:00Z"
    ask(world, "GET", f"{CHAT}/activity?{day}", by=ann)


def _arrives(world: World, bucket: str, key: str, body: bytes) -> None:
    world.cloud.put_object(bucket, key, body)
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "size": len(body)}}
    world.around.emit("aws.s3", "Object Created", detail)
