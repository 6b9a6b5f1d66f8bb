"""What creators and their encoders do: go live, drop out, come back, end, schedule, hide, watch."""

from __future__ import annotations

import struct
from datetime import timedelta
from typing import Any, Final
from unittest.mock import patch

from socialflow.live import following
from tests.crash_points.cloud import RECORDINGS, UPLOADS
from tests.crash_points.deliveries import Event
from tests.crash_points.fake_ivs import THUMBNAIL
from tests.crash_points.harness import Scenario
from tests.crash_points.live_channels import channel_of, followed, only_live
from tests.crash_points.plan import Person
from tests.crash_points.world import World

# The same in every run, whatever its clock says by then.
SOON: Final = "2026-11-23T20:00:00Z"
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 360) + b"rest"


def create(world: World, owner: Person, number: int = 1, **changes: Any) -> str:
    """A broadcast that waits for its encoder, unless it is scheduled."""
    body = {"title": "First light", "category": "music", "visibility": "public", **changes}
    key = {"idempotency-key": f"broadcast-{number}"}
    made = world.request("POST", "/v1/broadcasts", body, by=owner, headers=key, expect=201)
    broadcast_id: str = made.body["id"]
    return broadcast_id


def announced(world: World) -> tuple[Person, str, str]:
    """Ann, her channel, and her broadcast that waits for its encoder."""
    ann = only_live(world)
    channel_id = channel_of(world, ann)
    return ann, channel_id, create(world, ann)


def went_live(world: World) -> tuple[Person, str, str]:
    """Ann, her channel, and her broadcast, whose start has been heard of."""
    ann, channel_id, broadcast_id = announced(world)
    world.around.ivs.start(channel_id)
    world.settle()
    return ann, channel_id, broadcast_id


def state_of(world: World, owner: Person, broadcast_id: str) -> str:
    state: str = world.look(f"/v1/broadcasts/{broadcast_id}", by=owner)["state"]
    return state


def over(world: World) -> None:
    """When no window is open any more, and the follower has nothing left to do."""
    followed(world, hours=3)
    followed(world, minutes=1)


def broadcast_lives(world: World) -> None:
    ann, channel_id, broadcast_id = went_live(world)
    world.pass_time(seconds=20)
    world.around.ivs.end(channel_id)
    world.settle()
    assert state_of(world, ann, broadcast_id) == "ending"
    over(world)
    assert state_of(world, ann, broadcast_id) == "ended"
    world.look("/v1/channels/ann/broadcasts?state=ended")


def dropped_out_twice(world: World) -> None:
    ann, channel_id, broadcast_id = announced(world)
    for _ in range(2):
        world.around.ivs.start(channel_id)
        world.pass_time(seconds=20)
        world.around.ivs.end(channel_id)
    world.settle(batch=10)
    over(world)
    assert state_of(world, ann, broadcast_id) == "ended"


def dropped_out_and_heard_of_backwards(world: World) -> None:
    ann = only_live(world)
    channel_id = channel_of(world, ann)
    # Without a replay: each order of recordings tells of it in other steps.
    create(world, ann, replay=False)
    for _ in range(2):
        world.around.ivs.start(channel_id)
        world.around.ivs.starve(channel_id)
        world.pass_time(seconds=20)
        world.around.ivs.end(channel_id)
    world.settle(newest_first=True)
    over(world)


def stream_that_nobody_announced(world: World) -> None:
    ann = only_live(world)
    channel_id = channel_of(world, ann)
    world.around.ivs.start(channel_id)
    world.settle()
    assert world.look("/v1/channels/ann/live")["state"] == "live"
    world.pass_time(seconds=20)
    world.around.ivs.end(channel_id)
    world.settle()
    over(world)
    assert world.look("/v1/channels/ann/live")["state"] == "offline"


def ended_on_purpose(world: World) -> None:
    ann, _, broadcast_id = went_live(world)
    world.request("POST", f"/v1/broadcasts/{broadcast_id}/end", by=ann, expect=202)
    world.settle()
    assert state_of(world, ann, broadcast_id) == "ended"
    over(world)


def encoder_that_comes_back_by_itself(world: World) -> None:
    ann, channel_id, broadcast_id = went_live(world)
    # The harness's own delays must not decide who is sent away.
    with patch.object(following, "KEPT_AWAY", timedelta(days=1)):
        world.request("POST", f"/v1/broadcasts/{broadcast_id}/end", by=ann, expect=202)
        world.settle()
        world.pass_time(seconds=2)
        world.around.ivs.start(channel_id)
        world.settle()
    over(world)
    assert len(world.look("/v1/me/broadcasts", by=ann)["items"]) == 1


def scheduled_and_started(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    broadcast_id = create(world, ann, scheduled_for=SOON)
    tag = {"if-match": '"1.1"'}
    target = f"/v1/broadcasts/{broadcast_id}"
    world.request("PATCH", target, {"title": "Dusk"}, by=ann, headers=tag, again=412)
    world.look("/v1/channels/ann/broadcasts?state=scheduled")
    world.request("POST", f"{target}/start", by=ann)
    world.request("POST", f"{target}/end", by=ann)
    world.settle()
    over(world)


def scheduled_and_given_up(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    target = f"/v1/broadcasts/{create(world, ann, scheduled_for=SOON)}"
    world.request("DELETE", target, by=ann, expect=204, again=404)
    world.settle()
    over(world)


def hidden_with_its_picture(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    broadcast_id = create(world, ann)
    target = f"/v1/broadcasts/{broadcast_id}"
    body = {"content_type": "image/png", "size_bytes": len(PNG)}
    world.request("POST", f"{target}/thumbnail", body, by=ann)
    _arrives(world, UPLOADS, f"thumbnails/{broadcast_id}/pic_1", PNG)
    world.settle()
    assert world.look(target)["thumbnail_url"].endswith("custom.png")
    tag = {"if-match": '"1.1"'}
    world.request("PATCH", target, {"visibility": "private"}, by=ann, headers=tag, again=412)
    world.settle()
    _arrives(world, UPLOADS, f"thumbnails/{broadcast_id}/pic_2", PNG)
    world.settle()
    world.request("POST", f"{target}/end", by=ann)
    over(world)
    assert world.look(target, by=ann)["thumbnail_url"] is None


def pictures_of_the_stream(world: World) -> None:
    ann, channel_id, broadcast_id = announced(world)
    stream = world.around.ivs.start(channel_id)
    world.settle()
    _arrives(world, RECORDINGS, f"{stream.prefix}/{THUMBNAIL}", b"picture")
    world.settle()
    assert world.look(f"/v1/broadcasts/{broadcast_id}")["thumbnail_url"]
    world.request("POST", f"/v1/broadcasts/{broadcast_id}/end", by=ann, expect=202)
    world.settle()
    over(world)


def watched(world: World) -> None:
    ann, ben = only_live(world), world.person("ben")
    channel_id = channel_of(world, ann)
    broadcast_id = create(world, ann)
    world.around.ivs.start(channel_id)
    world.settle()
    target = f"/v1/broadcasts/{broadcast_id}"
    playback = world.request("POST", f"{target}/playback", by=ben).body
    beat = {"viewer_token": playback["viewer_token"], "latency_ms": 2500}
    world.request("POST", f"{target}/heartbeats", beat, expect=204)
    world.pass_time(seconds=30)
    world.around.queue.append(_due(broadcast_id))
    world.settle()
    world.pass_time(minutes=2)
    world.request("POST", f"{target}/end", by=ann, expect=202)
    world.settle()
    over(world)
    assert world.look(target)["peak_viewers"] == 1


def _due(broadcast_id: str) -> Event:
    """A message of its own: those that were sent may have come before the heartbeat."""
    said = {"id": "due", "source": "sqs", "detail-type": "AudienceDue.v1"}
    return Event("live.on_audience_due", ({**said, "detail": {"broadcast_id": broadcast_id}},))


def _arrives(world: World, bucket: str, key: str, body: bytes) -> None:
    world.cloud.put_object(bucket, key, body)
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "size": len(body)}}
    world.around.emit("aws.s3", "Object Created", detail)


LIVE_BROADCASTS: Final[tuple[Scenario, ...]] = (
    broadcast_lives,
    dropped_out_twice,
    dropped_out_and_heard_of_backwards,
    stream_that_nobody_announced,
    ended_on_purpose,
    encoder_that_comes_back_by_itself,
    scheduled_and_started,
    scheduled_and_given_up,
    hidden_with_its_picture,
    pictures_of_the_stream,
    watched,
)
