"""From the first request to `ready` or `failed`."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.harness import Scenario
from tests.crash_points.world import Person, World

FILM: Final = b"film" * 16


def create(world: World, owner: Person, *, visibility: str = "public") -> dict[str, Any]:
    """A new video of one part."""
    body = {
        "title": "First light",
        "visibility": visibility,
        "file": {"name": "film.mp4", "size_bytes": len(FILM), "content_type": "video/mp4"},
    }
    key = {"idempotency-key": "create-1"}
    created: dict[str, Any] = world.request(
        "POST", "/v1/videos", body, by=owner, headers=key, expect=201
    ).body
    return created


def upload(world: World, owner: Person, *, visibility: str = "public", film: bytes = FILM) -> str:
    """A new video, its file sent and complete; returns its id."""
    created = create(world, owner, visibility=visibility)
    video_id: str = created["video"]["id"]
    parts = world.put_parts(created, film)
    world.request("POST", f"/v1/videos/{video_id}/upload/complete", {"parts": parts}, by=owner)
    return video_id


def upload_becomes_ready(world: World) -> None:
    world.cloud.put_signing_keys()
    ann = world.person("ann")
    video_id = upload(world, ann)
    world.settle()
    world.mediaconvert.progress("full", 40)
    world.settle()
    world.mediaconvert.complete("full")
    world.settle()
    assert world.look(f"/v1/videos/{video_id}")["status"] == "ready"


PROCESSING: Final[tuple[Scenario, ...]] = (upload_becomes_ready,)
