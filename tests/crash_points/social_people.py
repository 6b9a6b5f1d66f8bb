"""Following, and following no longer."""

from __future__ import annotations

from typing import Final

from tests.crash_points.harness import Scenario
from tests.crash_points.world import World


def followed_and_unfollowed(world: World) -> None:
    ann = world.owner()
    for handle in ("ben", "cleo"):
        world.person(handle)
        world.request("PUT", f"/v1/users/{handle}/follow", by=ann)
        world.pass_time(seconds=1)
    world.request("DELETE", "/v1/users/ben/follow", by=ann)
    world.look("/v1/users/ben/follow", by=ann)
    following = world.look("/v1/me/following", by=ann)
    assert [each["person"]["handle"] for each in following["items"]] == ["cleo"]


def oneself_refused(world: World) -> None:
    ann = world.owner()
    world.request("PUT", "/v1/users/ann/follow", by=ann, expect=409)
    world.look("/v1/me/following", by=ann)


SOCIAL: Final[tuple[Scenario, ...]] = (followed_and_unfollowed, oneself_refused)
