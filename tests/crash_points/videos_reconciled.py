"""Events that never come, and the schedule that brings home what they left."""

from __future__ import annotations

from typing import Final

from tests.crash_points.harness import Scenario
from tests.crash_points.videos_people import delete, edit, ready_video
from tests.crash_points.videos_processing import (
    arrived,
    create,
    long_film,
    processed,
    status_of,
    upload,
)
from tests.crash_points.world import World

RECONCILE: Final = "videos.every_5_minutes_reconcile"


def later(world: World, **by: float) -> None:
    world.pass_time(**by)
    world.wake(RECONCILE)


def lost_arrival_of_a_source(world: World) -> None:
    ann = world.owner()
    video_id = upload(world, ann)
    world.lose_events()
    later(world, minutes=15)
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def lost_completion_of_a_job(world: World) -> None:
    ann, video_id = arrived(world)
    world.mediaconvert.complete("full")
    world.lose_events()
    later(world, minutes=15)
    assert status_of(world, ann, video_id) == "ready"


def lost_completions_of_both_jobs(world: World) -> None:
    long_film(world)
    ann, video_id = arrived(world)
    world.mediaconvert.complete("preview")
    world.mediaconvert.complete("full")
    world.lose_events()
    later(world, minutes=15)
    later(world, hours=7)
    assert status_of(world, ann, video_id) == "ready"


def lost_failure_of_a_job(world: World) -> None:
    ann, video_id = arrived(world)
    world.mediaconvert.fail("full")
    world.lose_events()
    later(world, minutes=15)
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def job_that_is_no_longer_known(world: World) -> None:
    ann, video_id = arrived(world)
    world.mediaconvert.forget("full")
    later(world, minutes=15)
    processed(world)
    assert status_of(world, ann, video_id) == "ready"


def job_that_never_ends(world: World) -> None:
    ann, video_id = arrived(world)
    later(world, minutes=15)
    later(world, hours=25)
    assert status_of(world, ann, video_id) == "failed"


def job_that_ended_without_its_files(world: World) -> None:
    ann, video_id = arrived(world)
    for _ in range(2):
        world.mediaconvert.complete("full", without_files=True)
        world.lose_events()
        later(world, minutes=15)
    assert status_of(world, ann, video_id) == "failed"


def upload_that_expires(world: World) -> None:
    ann = world.owner()
    created = create(world, ann)
    world.put_parts(created, b"half")
    later(world, days=8)
    assert status_of(world, ann, created["video"]["id"]) == "failed"


def lost_deletion(world: World) -> None:
    ann = world.owner()
    video_id = ready_video(world, ann)
    delete(world, ann, video_id)
    world.lose_events()
    later(world, minutes=15)


def lost_move_of_media(world: World) -> None:
    ann = world.owner()
    video_id = ready_video(world, ann)
    edit(world, ann, video_id, 1, visibility="private")
    world.lose_events()
    later(world, minutes=15)
    world.look(f"/v1/videos/{video_id}", by=ann)


def lost_discarding_of_a_failure(world: World) -> None:
    world.mediaconvert.unreadable = True
    ann = world.owner()
    video_id = upload(world, ann)
    world.settle(only="videos.on_source_uploaded")
    world.lose_events()
    later(world, minutes=15)
    assert status_of(world, ann, video_id) == "failed"


RECONCILED: Final[tuple[Scenario, ...]] = (
    lost_arrival_of_a_source,
    lost_completion_of_a_job,
    lost_completions_of_both_jobs,
    lost_failure_of_a_job,
    job_that_is_no_longer_known,
    job_that_never_ends,
    job_that_ended_without_its_files,
    upload_that_expires,
    lost_deletion,
    lost_move_of_media,
    lost_discarding_of_a_failure,
)
