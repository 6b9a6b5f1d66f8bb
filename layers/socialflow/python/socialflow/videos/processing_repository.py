"""Videos on their way: the state machine, one conditional write a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Write
from socialflow.videos import keys
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import JobKind, MediaSet, Status, Video, zone_for
from socialflow.videos.records import found_video, set_to_item, tombstone_item, video_from_item
from socialflow.videos.rows import CHECK_KEYS, IS_OPEN, OPEN_VALUES, VideoRows

START_CHECK = timedelta(minutes=2)
PROCESSING_CHECK = timedelta(minutes=10)
FOLLOW_UP = timedelta(minutes=2)
PREVIEW_KEPT = timedelta(hours=6)
CHECK_PAGE = 25
# An event waits at most 14 days in a queue and as long again in its DLQ.
TOMBSTONE_KEPT = timedelta(days=90)


class ProcessingRepository:
    """What events and the reconciler do to videos."""

    def __init__(self, rows: VideoRows) -> None:
        self._rows = rows

    def get(self, video_id: str) -> Video | None:
        """A video as it is this moment, deleted ones included until they are purged."""
        return found_video(self._rows.table.get(keys.video_key(video_id), consistent=True))

    def due_for_check(self) -> Iterator[Video]:
        """Videos that the reconciler should look at by now, longest overdue first in a shard."""
        now = to_rfc3339(self._rows.clock())
        for shard in range(keys.CHECK_SHARDS):
            page = self._rows.table.query(
                keys.check_partition(shard), index="gsi3", before=now, limit=CHECK_PAGE
            )
            for item in page.items:
                yield video_from_item(item)

    def mark_uploaded(self, video_id: str) -> Video | None:
        """uploading → uploaded: the first transcoding attempt begins."""
        return self._rows.change(
            video_id,
            set={
                "status": Status.UPLOADED,
                "uploaded_at": to_rfc3339(self._rows.clock()),
                "attempt": 1,
                **self._rows.check_in(video_id, START_CHECK),
            },
            condition="#status = :uploading",
            values={"uploading": Status.UPLOADING},
        )

    def mark_processing(
        self, video_id: str, *, attempt: int, jobs: Mapping[JobKind, str], duration_ms: int
    ) -> Video | None:
        """uploaded → processing, or a later attempt inside processing: the jobs are made."""
        return self._rows.change(
            video_id,
            set={
                "status": Status.PROCESSING,
                "duration_ms": duration_ms,
                **{f"{kind}_job_id": job_id for kind, job_id in jobs.items()},
                **self._rows.check_in(video_id, PROCESSING_CHECK),
            },
            condition="#status IN (:uploaded, :processing) AND #attempt = :attempt",
            values={
                "uploaded": Status.UPLOADED,
                "processing": Status.PROCESSING,
                "attempt": attempt,
            },
        )

    def record_progress(self, video_id: str, *, attempt: int, percent: int) -> Video | None:
        """Raises the progress; never lowers it."""
        return self._rows.change(
            video_id,
            set={"progress_percent": percent, **self._rows.check_in(video_id, PROCESSING_CHECK)},
            condition="#status = :processing AND #attempt = :attempt"
            " AND #progress_percent < :percent",
            values={"processing": Status.PROCESSING, "attempt": attempt, "percent": percent},
        )

    def record_preview(self, video: Video, media: MediaSet) -> Video | None:
        """Publishes the quick rendition of a video that is still being processed."""
        return self._rows.change(
            video.id,
            set={"preview": set_to_item(media), **self._rows.publication(video)},
            condition=f"{IS_OPEN} AND #attempt = :attempt AND attribute_not_exists(#preview)"
            " AND #visibility = :visibility",
            values={
                **OPEN_VALUES,
                "attempt": video.attempt,
                "visibility": video.visibility,
            },
        )

    def mark_ready(self, video: Video, media: MediaSet, *, duration_ms: int) -> Video | None:
        """processing → ready, with a look later at what is misplaced or no longer needed.

        Asks that the visibility, which decides the listing, and the preview are as they were read.
        """
        misplaced = media.zone is not zone_for(video.visibility) or bool(video.misplaced_sets())
        look_again = FOLLOW_UP if misplaced else PREVIEW_KEPT if video.has_preview else None
        return self._rows.change(
            video.id,
            set={
                "status": Status.READY,
                "progress_percent": 100,
                "duration_ms": duration_ms,
                "full": set_to_item(media),
                **self._rows.publication(video),
                **(self._rows.check_in(video.id, look_again) if look_again else {}),
            },
            remove=() if look_again else CHECK_KEYS,
            condition=f"{IS_OPEN} AND #attempt = :attempt AND #visibility = :visibility"
            f" AND attribute_{'' if video.preview else 'not_'}exists(#preview)",
            values={**OPEN_VALUES, "attempt": video.attempt, "visibility": video.visibility},
        )

    def begin_next_attempt(self, video_id: str, *, attempt: int) -> Video | None:
        """Starts attempt `attempt + 1`; the full job of the former no longer counts."""
        return self._rows.change(
            video_id,
            set={
                "status": Status.PROCESSING,
                "attempt": attempt + 1,
                **self._rows.check_in(video_id, START_CHECK),
            },
            remove=("full_job_id",),
            condition=f"{IS_OPEN} AND #attempt = :attempt",
            values={**OPEN_VALUES, "attempt": attempt},
        )

    def mark_failed(self, video_id: str, code: FailureCode, *, attempt: int) -> Video | None:
        """Any open status → failed. Whatever could be played before no longer can."""
        return self._rows.change(
            video_id,
            set={
                "status": Status.FAILED,
                "failure": code,
                **self._rows.check_in(video_id, FOLLOW_UP),
            },
            remove=("preview", "published_at", "gsi2pk", "gsi2sk"),
            condition=f"{IS_OPEN} AND #attempt = :attempt",
            values={**OPEN_VALUES, "attempt": attempt},
        )

    def move_set(self, video: Video, kind: JobKind, moved: MediaSet) -> Video | None:
        """Points a set to where it was copied, if the row still points to where it was."""
        before = video.preview if kind is JobKind.PREVIEW else video.full
        if before is None:
            return None
        return self._rows.change(
            video.id,
            set={kind: set_to_item(moved)},
            condition=f"#{kind} = :before",
            values={"before": set_to_item(before)},
        )

    def drop_preview(self, video: Video) -> None:
        """Forgets the preview of a ready video, and that there is anything to look at."""
        self._rows.change(
            video.id,
            remove=("preview", "preview_job_id", *CHECK_KEYS),
            condition="#revision = :revision",
            values={"revision": video.revision},
        )

    def forget_former(self, video: Video) -> None:
        """Forgets the sets that a replay showed before it grew.

        With them that there is anything to look at, unless it is about to grow again.
        """
        growing = video.replay is not None and not video.replay.is_complete
        self._rows.change(
            video.id,
            remove=("former", "grown_at", *(() if growing else CHECK_KEYS)),
            condition="#revision = :revision",
            values={"revision": video.revision},
            visible=False,
        )

    def put_off_check(self, video_id: str, delay: timedelta) -> None:
        """Has the reconciler come back to a video later."""
        self._rows.change(
            video_id, set=self._rows.check_in(video_id, delay), alive=False, visible=False
        )

    def end_checks(self, video: Video) -> None:
        """Nothing is left to reconcile, as long as the video is still as it was read."""
        self._rows.change(
            video.id,
            remove=CHECK_KEYS,
            condition="#revision = :revision AND attribute_exists(#gsi3pk)",
            values={"revision": video.revision},
            visible=False,
        )

    def purge(self, video: Video) -> None:
        """Removes a deleted video's last row; of a replay a tombstone stays for a while."""
        if video.replay is None:
            self._rows.table.write(Write(key=keys.video_key(video.id), delete=True))
            return
        item = tombstone_item(video, expires_at=self._rows.clock() + TOMBSTONE_KEPT)
        with suppress(ConditionFailed):
            # Expired and gone, it must not come back.
            self._rows.table.write(Write(put=item, condition="attribute_exists(pk)"))
