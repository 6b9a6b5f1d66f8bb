"""Brings home whatever an event that never came has left behind.

Every open, failed or misplaced video has a time at which to look at it; one that goes on
normally is never found here. What is found is moved on by the same steps as events take.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from socialflow.platform.clock import Clock
from socialflow.platform.observability import logger
from socialflow.videos.failures import FailureCode
from socialflow.videos.housekeeping import HousekeepingService
from socialflow.videos.models import JobKind, Status, Video
from socialflow.videos.paths import source_key
from socialflow.videos.processing import JobChange, ProcessingService
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.recovery import recovered_result
from socialflow.videos.replays import ReplayService
from socialflow.videos.repository import UPLOAD_KEPT
from socialflow.videos.storage import MediaStorage, SourceStorage
from socialflow.videos.transcode_events import UnreadableTranscodeEvent
from socialflow.videos.transcoder import JobState, Transcoder

MAX_JOB_AGE: Final = timedelta(hours=24)
MAX_PROCESSING: Final = timedelta(hours=72)
NEXT_LOOK: Final = timedelta(minutes=10)


class Reconciler:
    """Looks after videos whose time has come."""

    def __init__(
        self,
        videos: ProcessingRepository,
        *,
        processing: ProcessingService,
        housekeeping: HousekeepingService,
        replays: ReplayService,
        sources: SourceStorage,
        media: MediaStorage,
        transcoder: Transcoder,
        clock: Clock,
    ) -> None:
        self._videos = videos
        self._processing = processing
        self._housekeeping = housekeeping
        self._replays = replays
        self._sources = sources
        self._media = media
        self._transcoder = transcoder
        self._clock = clock

    def run(self) -> int:
        """Looks at everything due; returns how many videos were found stuck in processing."""
        stuck = 0
        for video in self._videos.due_for_check():
            stuck += video.status in (Status.UPLOADED, Status.PROCESSING)
            try:
                self._look_at(video)
            except Exception:
                # One that cannot be helped now must not keep the others waiting.
                logger().exception("could not reconcile", extra={"video_id": video.id})
                self._give_up_or_put_off(video)
        return stuck

    def _look_at(self, found: Video) -> None:
        # The index is behind the table: what it shows may have gone on by now.
        video = self._videos.get(found.id)
        if video is None:
            return
        if video.deleted_at or video.status is Status.FAILED:
            self._housekeeping.discard(video.id)
        elif video.status is Status.READY:
            self._replays.build(video)
            self._housekeeping.place_media(video.id)
        elif video.replay:
            self._replays.build(video)
        elif video.status is Status.PROCESSING:
            self._ask_after_job(video)
        else:
            self._ask_after_source(video)

    def _give_up_or_put_off(self, video: Video) -> None:
        """Every video ends: one that could not be helped for days has failed."""
        uploaded_at = video.uploaded_at or self._clock()
        if video.is_open and self._clock() - uploaded_at > MAX_PROCESSING:
            self._fail(video, FailureCode.PROCESSING_TIMEOUT)
        else:
            self._videos.put_off_check(video.id, NEXT_LOOK)

    def _fail(self, video: Video, code: FailureCode) -> None:
        # Cancelling its jobs is for those who discard it: done first, it would be another failure.
        self._videos.mark_failed(video.id, code, attempt=video.attempt)

    def _ask_after_source(self, video: Video) -> None:
        size_bytes = self._sources.size_of(source_key(video.id))
        if size_bytes is not None:
            self._processing.source_arrived(video.id, size_bytes=size_bytes)
        elif video.status is Status.UPLOADED:
            self._fail(video, FailureCode.UPLOAD_LOST)
        elif (age := self._clock() - video.created_at) >= UPLOAD_KEPT:
            self._fail(video, FailureCode.UPLOAD_EXPIRED)
        else:
            # Twice as old at each look: ten looks in the week that an upload is kept.
            self._videos.put_off_check(video.id, min(age, UPLOAD_KEPT - age))

    def _ask_after_job(self, video: Video) -> None:
        job_id = video.jobs.get(JobKind.FULL)
        if job_id is None:
            self._processing.start_jobs(video)
            return
        job = self._transcoder.state(job_id)
        change = JobChange(
            video_id=video.id,
            kind=JobKind.FULL,
            attempt=video.attempt,
            job_id=job_id,
            status=job.status if job else "ERROR",
            detail={"errorMessage": "found by the reconciler"},
        )
        if job and job.status == "COMPLETE":
            self._complete(video, change, job)
        elif change.status in ("ERROR", "CANCELED"):
            self._processing.job_failed(change)
        elif job and job.created_at and self._clock() - job.created_at > MAX_JOB_AGE:
            self._fail(video, FailureCode.PROCESSING_TIMEOUT)
        else:
            self._videos.put_off_check(video.id, NEXT_LOOK)

    def _complete(self, video: Video, change: JobChange, job: JobState) -> None:
        try:
            result = recovered_result(video, job, self._media)
        except UnreadableTranscodeEvent:
            # Its files are not there and will not come: as good as failed.
            self._processing.job_failed(replace(change, status="ERROR"))
        else:
            self._processing.job_completed(change, result)
