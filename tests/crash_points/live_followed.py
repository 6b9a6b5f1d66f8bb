"""IVS's events that never come, and the follower that asks IVS what is true."""

from __future__ import annotations

from typing import Final

from tests.crash_points.harness import Scenario
from tests.crash_points.live_broadcasts import announced, create, over, state_of, went_live
from tests.crash_points.live_channels import channel_of, followed, only_live
from tests.crash_points.world import World


def start_that_was_lost(world: World) -> None:
    ann, channel_id, broadcast_id = announced(world)
    world.around.ivs.start(channel_id)
    world.lose_events()
    followed(world, minutes=1)
    assert state_of(world, ann, broadcast_id) == "live"
    world.around.ivs.end(channel_id)
    world.settle()
    over(world)


def start_that_was_lost_of_a_stream_nobody_announced(world: World) -> None:
    ann = only_live(world)
    channel_id = channel_of(world, ann)
    world.around.ivs.start(channel_id)
    world.lose_events()
    followed(world, minutes=1)
    assert world.look("/v1/channels/ann/live")["state"] == "live"
    world.around.ivs.end(channel_id)
    world.settle()
    over(world)


def end_that_was_lost(world: World) -> None:
    ann, channel_id, broadcast_id = went_live(world)
    world.around.ivs.end(channel_id)
    world.lose_events()
    followed(world, hours=3)
    over(world)
    assert state_of(world, ann, broadcast_id) == "ended"


def stop_that_was_lost(world: World) -> None:
    ann, _, broadcast_id = went_live(world)
    world.request("POST", f"/v1/broadcasts/{broadcast_id}/end", by=ann, expect=202)
    world.lose_events()
    followed(world, minutes=1)
    over(world)
    assert state_of(world, ann, broadcast_id) == "ended"


def broadcast_that_never_went_live(world: World) -> None:
    ann = only_live(world)
    channel_of(world, ann)
    broadcast_id = create(world, ann)
    world.settle()
    followed(world, hours=7)
    followed(world, minutes=1)
    assert state_of(world, ann, broadcast_id) == "ended"


LIVE_FOLLOWED: Final[tuple[Scenario, ...]] = (
    start_that_was_lost,
    start_that_was_lost_of_a_stream_nobody_announced,
    end_that_was_lost,
    stop_that_was_lost,
    broadcast_that_never_went_live,
)
