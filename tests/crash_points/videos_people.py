"""What people do with videos: give up, delete, edit, share."""

from __future__ import annotations

from typing import Final

from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.videos_processing import (
    arrived,
    create,
    long_film,
    processed,
    status_of,
    upload,
)
from tests.crash_points.world import World


def ready_video(world: World, owner: Person, *, visibility: str = "public") -> str:
    video_id = upload(world, owner, visibility=visibility)
    world.settle()
    processed(world)
    return video_id


def edit(world: World, owner: Person, video_id: str, edits: int, **changes: object) -> None:
    """A PATCH of the version with that many edits; a repeat of it is stale."""
    tag = {"if-match": f'"{edits}.1"'}
    target = f"/v1/videos/{video_id}"
    world.request("PATCH", target, changes, by=owner, headers=tag, again=412)


def delete(world: World, owner: Person, video_id: str) -> None:
    world.request("DELETE", f"/v1/videos/{video_id}", by=owner, expect=204, again=404)


def small_and_silent(world: World) -> None:
    """One rung without sound: moves copy object by object, and each is two more runs."""
    track = world.mediaconvert.probe_tracks[0]
    properties = {**track["VideoProperties"], "Width": 320, "Height": 240}
    world.mediaconvert.probe_tracks = [{**track, "VideoProperties": properties}]


def upload_given_up(world: World) -> None:
    ann = world.owner()
    created = create(world, ann)
    video_id = created["video"]["id"]
    parts = f"/v1/videos/{video_id}/upload/parts"
    world.request("POST", parts, {"part_numbers": [1]}, by=ann)
    world.put_parts(created, b"half")
    target = f"/v1/videos/{video_id}/upload"
    world.request("DELETE", target, by=ann, expect=204, again=404)
    world.settle()


def deleted_while_uploading(world: World) -> None:
    ann = world.owner()
    created = create(world, ann)
    world.put_parts(created, b"half")
    delete(world, ann, created["video"]["id"])
    world.settle()


def deleted_before_its_source_was_seen(world: World) -> None:
    ann = world.owner()
    video_id = upload(world, ann)
    delete(world, ann, video_id)
    world.settle(newest_first=True)


def deleted_while_processing(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.complete("preview")
    world.settle()
    world.mediaconvert.progress("full", 30)
    delete(world, ann, video_id)
    world.settle()


def deleted_as_its_job_ends(world: World) -> None:
    ann, video_id = arrived(world)
    delete(world, ann, video_id)
    world.mediaconvert.complete("full")
    world.settle(newest_first=True)


def deleted_when_ready(world: World) -> None:
    ann, ben = world.owner(), world.person("ben")
    video_id = ready_video(world, ann, visibility="private")
    world.request("PUT", f"/v1/videos/{video_id}/viewers/ben", by=ann)
    delete(world, ann, video_id)
    world.settle()
    assert world.look(f"/v1/videos/{video_id}", by=ben)["code"] == "video_not_found"


def hidden_and_shown_again(world: World) -> None:
    small_and_silent(world)
    ann = world.owner()
    video_id = ready_video(world, ann)
    edit(world, ann, video_id, 1, visibility="private")
    world.settle()
    edit(world, ann, video_id, 2, visibility="public")
    world.settle()
    world.look("/v1/users/ann/videos")


def hidden_while_a_preview_plays(world: World) -> None:
    small_and_silent(world)
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.complete("preview")
    world.settle()
    edit(world, ann, video_id, 1, visibility="private")
    world.settle()
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def hidden_before_its_jobs_are_made(world: World) -> None:
    ann = world.owner()
    video_id = upload(world, ann)
    edit(world, ann, video_id, 1, visibility="private")
    world.settle()
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def edited(world: World) -> None:
    ann = world.owner()
    video_id = ready_video(world, ann)
    edit(world, ann, video_id, 1, title="Second light", tags=["sun", "sea"])
    edit(world, ann, video_id, 2, description="At the sea.")
    world.settle()
    world.look(f"/v1/videos/{video_id}")


def shared_and_unshared(world: World) -> None:
    ann, ben = world.owner(), world.person("ben")
    world.person("cleo")
    video_id = ready_video(world, ann, visibility="private")
    for handle in ("ben", "cleo"):
        world.request("PUT", f"/v1/videos/{video_id}/viewers/{handle}", by=ann)
    world.request("DELETE", f"/v1/videos/{video_id}/viewers/ben", by=ann, expect=204)
    world.look(f"/v1/videos/{video_id}/viewers", by=ann)
    assert world.look(f"/v1/videos/{video_id}", by=ben)["code"] == "video_not_found"


PEOPLE: Final[tuple[Scenario, ...]] = (
    upload_given_up,
    deleted_while_uploading,
    deleted_before_its_source_was_seen,
    deleted_while_processing,
    deleted_as_its_job_ends,
    deleted_when_ready,
    hidden_and_shown_again,
    hidden_while_a_preview_plays,
    hidden_before_its_jobs_are_made,
    edited,
    shared_and_unshared,
)
