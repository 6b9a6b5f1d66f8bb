"""From an uploaded file to a playable video, step by step as events come in.

Every step looks at the row first, does what is missing, and moves the row by one conditional
write. A step that was cut off is done again by the next delivery of the same event:

    source arrived ─ uploading→uploaded ─ probe ─ jobs (token: video, kind, attempt) ─ →processing
    job complete   ─ storyboard.vtt ─ →ready
    job failed     ─ attempt+1 ─ jobs …   or   →failed(reason)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from socialflow.platform.observability import logger
from socialflow.videos.failures import FailureCode, SourceRejected
from socialflow.videos.models import JobKind, MediaSet, Status, Video, Zone
from socialflow.videos.paths import MEDIA_ROOT, prefix_of, set_prefix, source_key
from socialflow.videos.processing_repository import ProcessingRepository
from socialflow.videos.storage import MediaStorage, SourceStorage
from socialflow.videos.storyboard import storyboard_vtt
from socialflow.videos.transcode_events import (
    TranscodeResult,
    parse_complete,
    parse_progress_percent,
)
from socialflow.videos.transcoder import Transcoder, set_name

MAX_ATTEMPTS: Final = 2
MAX_RACES: Final = 5
# The last percent is the storyboard and the row: 100 means ready.
MOST_BEFORE_READY: Final = 99
STORYBOARD: Final = "storyboard.vtt"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChange:
    """What MediaConvert says of one of our jobs."""

    video_id: str
    kind: JobKind
    attempt: int
    job_id: str
    status: str
    detail: Mapping[str, Any]


def job_change(detail: Mapping[str, Any]) -> JobChange:
    """Reads the detail of a `MediaConvert Job State Change` event."""
    metadata = detail["userMetadata"]
    return JobChange(
        video_id=metadata["video_id"],
        kind=JobKind(metadata["kind"]),
        attempt=int(metadata["attempt"]),
        job_id=detail["jobId"],
        status=detail["status"],
        detail=detail,
    )


class VideoChangedTooOften(Exception):
    """The visibility changed under every try; the event must come again."""


class ProcessingService:
    """The steps of processing. Safe to repeat, to stop half-way and to call out of order."""

    def __init__(
        self,
        videos: ProcessingRepository,
        *,
        sources: SourceStorage,
        media: MediaStorage,
        transcoder: Transcoder,
    ) -> None:
        self._videos = videos
        self._sources = sources
        self._media = media
        self._transcoder = transcoder

    def source_arrived(self, video_id: str, *, size_bytes: int) -> None:
        """The uploaded file is whole: check it, probe it, make its jobs."""
        video = self._videos.get(video_id)
        if video is None or video.deleted_at or video.status is Status.FAILED:
            # The upload was given up while its last request was under way.
            self._sources.delete(source_key(video_id))
            return
        if video.status is Status.UPLOADING:
            video = self._videos.mark_uploaded(video_id) or self._videos.get(video_id)
        if video and video.status is Status.UPLOADED:
            if size_bytes != video.source.size_bytes:
                code = FailureCode.SIZE_MISMATCH if size_bytes else FailureCode.EMPTY_FILE
                self._fail(video, code)
            else:
                self.start_jobs(video)

    def start_jobs(self, video: Video) -> None:
        """Makes the jobs of the current attempt, or fails a source that can never play."""
        try:
            source = self._transcoder.probe(video)
            jobs = self._transcoder.start(video, source)
        except SourceRejected as rejected:
            logger().info("source rejected", extra={"video_id": video.id, "why": str(rejected)})
            self._fail(video, rejected.code)
            return
        self._videos.mark_processing(
            video.id, attempt=video.attempt, jobs=jobs, duration_ms=source.duration_ms
        )

    def job_changed(self, change: JobChange) -> None:
        """MediaConvert reported progress or an end."""
        match change.status:
            case "PROGRESSING" | "STATUS_UPDATE":
                self._progressed(change)
            case "COMPLETE":
                self.job_completed(change, parse_complete(change.detail))
            case "ERROR" | "CANCELED":
                self.job_failed(change)

    def job_completed(self, change: JobChange, result: TranscodeResult) -> None:
        """Publishes what a job has made; what belongs to no living attempt is removed."""
        made = media_set_of(result)
        for _ in range(MAX_RACES):
            video = self._videos.get(change.video_id)
            if video is None or not self._awaits(video, change):
                if video is None or video.deleted_at or not _shows(video, made):
                    self._media.delete_below(prefix_of(change.video_id, made))
                return
            if change.kind is JobKind.PREVIEW:
                published = self._videos.record_preview(video, made)
            else:
                self._write_storyboard(result)
                published = self._videos.mark_ready(
                    video, made, duration_ms=result.duration_ms or video.duration_ms or 0
                )
            if published:
                return
        raise VideoChangedTooOften(change.video_id)

    def job_failed(self, change: JobChange) -> None:
        """Tries the whole ladder once more, then gives up; a preview alone can be done without."""
        error = {key: change.detail.get(key) for key in ("errorCode", "errorMessage")}
        logger().warning("job failed", extra={"video_id": change.video_id, **error})
        video = self._videos.get(change.video_id)
        # A job that ends early leaves what it had written by then.
        self._remove_output(change.video_id, change.kind, change.attempt, keep_for=video)
        if change.kind is JobKind.PREVIEW:
            return
        if video is None or video.deleted_at or not video.is_open:
            return
        if video.attempt == change.attempt:
            if change.attempt >= MAX_ATTEMPTS or change.status == "CANCELED":
                self._fail(video, FailureCode.TRANSCODE_FAILED)
                return
            video = self._videos.begin_next_attempt(video.id, attempt=change.attempt) or video
        if video.attempt == change.attempt + 1 and JobKind.FULL not in video.jobs:
            self.start_jobs(video)

    def _progressed(self, change: JobChange) -> None:
        percent = parse_progress_percent(change.detail)
        if change.kind is JobKind.FULL and percent:
            self._videos.record_progress(
                change.video_id,
                attempt=change.attempt,
                percent=min(percent, MOST_BEFORE_READY),
            )

    def _awaits(self, video: Video, change: JobChange) -> bool:
        """Whether the video still wants what this job has made."""
        if video.deleted_at or not video.is_open:
            return False
        if change.kind is JobKind.PREVIEW:
            return video.preview is None
        return video.attempt == change.attempt

    def _remove_output(
        self, video_id: str, kind: JobKind, attempt: int, *, keep_for: Video | None
    ) -> None:
        """Removes what a job wrote, wherever it was told to, unless `keep_for` shows it."""
        name = set_name(kind, attempt)
        shown = (keep_for.preview, keep_for.full) if keep_for and not keep_for.deleted_at else ()
        if not any(each and each.name == name for each in shown):
            for zone in Zone:
                self._media.delete_below(set_prefix(zone, video_id, name, 1))

    def _write_storyboard(self, result: TranscodeResult) -> None:
        if result.storyboard_frame_count:
            self._media.put_text(
                result.hls_key.rpartition("/")[0] + "/" + STORYBOARD,
                storyboard_vtt(
                    result.storyboard_frame_count,
                    result.duration_ms,
                    result.storyboard_interval_s,
                ),
                "text/vtt",
            )

    def _fail(self, video: Video, code: FailureCode) -> None:
        self._videos.mark_failed(video.id, code, attempt=video.attempt)


def media_set_of(result: TranscodeResult) -> MediaSet:
    """The set that a result describes; its keys say where it lies."""
    root, zone, _, folder, hls = result.hls_key.split("/")
    if root != MEDIA_ROOT:
        raise ValueError(f"not a key of ours: {result.hls_key}")
    return MediaSet(
        name=folder,
        zone=Zone(zone),
        generation=1,
        hls=hls,
        dash=result.dash_key.rpartition("/")[2],
        poster=result.poster_key.rpartition("/")[2] if result.poster_key else None,
        storyboard=STORYBOARD if result.storyboard_frame_count else None,
        renditions=result.renditions,
    )


def _shows(video: Video, made: MediaSet) -> bool:
    """Whether the video shows this very output, where it was made: the event came before."""
    shown = [prefix_of(video.id, each) for each in (video.preview, video.full) if each]
    return prefix_of(video.id, made) in shown
