"""From the first request to `ready` or `failed`."""

from __future__ import annotations

from typing import Any, Final

from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.world import World

FILM: Final = b"film" * 16


def create(world: World, owner: Person, *, visibility: str = "public") -> dict[str, Any]:
    """A new video of one part."""
    body = {
        "title": "First light",
        "visibility": visibility,
        "file": {"name": "film.mp4", "size_bytes": len(FILM), "content_type": "video/mp4"},
    }
    key = {"idempotency-key": "create-1"}
    answer = world.request("POST", "/v1/videos", body, by=owner, headers=key, expect=201)
    created: dict[str, Any] = answer.body
    return created


def upload(world: World, owner: Person, *, visibility: str = "public", film: bytes = FILM) -> str:
    """A new video, its file sent and complete; returns its id."""
    created = create(world, owner, visibility=visibility)
    video_id: str = created["video"]["id"]
    complete = {"parts": world.put_parts(created, film)}
    world.request("POST", f"/v1/videos/{video_id}/upload/complete", complete, by=owner)
    return video_id


def arrived(world: World) -> tuple[Person, str]:
    """Ann and her new video, whose file has been heard of: its jobs are at work."""
    ann = world.owner()
    video_id = upload(world, ann)
    world.settle()
    return ann, video_id


def processed(world: World) -> None:
    """The whole film is done, and that is heard of."""
    world.mediaconvert.complete("full")
    world.settle()


def long_film(world: World) -> None:
    """Over a minute, so that a preview is made first."""
    world.mediaconvert.duration_s = 90.0


def much_later(world: World) -> None:
    """When nobody can be playing a preview any more."""
    world.pass_time(hours=7)
    world.wake("videos.every_5_minutes_reconcile")


def status_of(world: World, owner: Person, video_id: str) -> str:
    status: str = world.look(f"/v1/videos/{video_id}", by=owner)["status"]
    return status


def upload_becomes_ready(world: World) -> None:
    ann, video_id = arrived(world)
    world.mediaconvert.progress("full", 40)
    world.settle()
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def long_upload_plays_early(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.progress("full", 10)
    world.mediaconvert.complete("preview")
    world.settle()
    assert world.look(f"/v1/videos/{video_id}")["playback"]
    world.mediaconvert.progress("full", 80)
    processed(world)
    much_later(world)
    assert status_of(world, ann, video_id) == "ready"


def job_events_in_one_batch(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.progress("full", 10)
    world.mediaconvert.complete("preview")
    world.mediaconvert.complete("full")
    world.settle(batch=10)
    much_later(world)
    assert status_of(world, ann, video_id) == "ready"


def job_events_in_reversed_order(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.complete("preview")
    world.mediaconvert.progress("full", 50)
    world.mediaconvert.complete("full")
    world.settle(newest_first=True)
    much_later(world)
    assert status_of(world, ann, video_id) == "ready"


def source_that_is_no_video(world: World) -> None:
    world.mediaconvert.unreadable = True
    ann, video_id = arrived(world)
    assert status_of(world, ann, video_id) == "failed"


def source_of_another_size(world: World) -> None:
    ann = world.owner()
    video_id = upload(world, ann, film=FILM[:10])
    world.settle()
    assert status_of(world, ann, video_id) == "failed"


def job_that_is_refused(world: World) -> None:
    world.mediaconvert.refuse_jobs = True
    ann, video_id = arrived(world)
    assert status_of(world, ann, video_id) == "failed"


def failed_job_is_tried_again(world: World) -> None:
    ann, video_id = arrived(world)
    world.mediaconvert.fail("full")
    world.settle()
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def failed_job_of_a_playing_preview(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.complete("preview")
    world.mediaconvert.fail("full")
    world.settle()
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def failed_preview_is_done_without(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.fail("preview")
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def job_that_fails_twice(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.fail("full")
    world.settle()
    world.mediaconvert.fail("full")
    world.settle()
    assert status_of(world, ann, video_id) == "failed"


PROCESSING: Final[tuple[Scenario, ...]] = (
    upload_becomes_ready,
    long_upload_plays_early,
    job_events_in_one_batch,
    job_events_in_reversed_order,
    source_that_is_no_video,
    source_of_another_size,
    job_that_is_refused,
    failed_job_is_tried_again,
    failed_job_of_a_playing_preview,
    failed_preview_is_done_without,
    job_that_fails_twice,
)
