"""MediaConvert as this context uses it: probe a source, make its jobs, ask after them, cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from socialflow.videos.failures import FailureCode, SourceRejected
from socialflow.videos.ladder import wants_preview
from socialflow.videos.models import JobKind, Video, zone_for
from socialflow.videos.paths import set_prefix, source_key
from socialflow.videos.probe import SourceInfo, probe_source
from socialflow.videos.transcode_job import JobTarget, full_job, preview_job

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert import MediaConvertClient

_UNREADABLE_CODES = ("BadRequestException", "UnprocessableEntityException")
_FINISHED_CODES = ("ConflictException", "NotFoundException")


FIRST_ATTEMPT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscoderSettings:
    """Where jobs read, write and queue. Buckets are names, the others ARNs."""

    stage: str
    upload_bucket: str
    media_bucket: str
    role_arn: str
    queue_arn: str


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as MediaConvert has it. `status` is SUBMITTED, PROGRESSING, COMPLETE, …"""

    status: str
    created_at: datetime | None
    detail: Mapping[str, Any]


class Transcoder:
    """Jobs are made with a token of video, kind and attempt: asking twice makes one."""

    def __init__(
        self, client: Callable[[], MediaConvertClient], settings: TranscoderSettings
    ) -> None:
        self._client = client
        self._settings = settings

    def probe(self, video: Video) -> SourceInfo:
        """What the source really is; raises `SourceRejected` where it can never play."""
        from botocore.exceptions import ClientError

        try:
            response = self._client().probe(InputFiles=[{"FileUrl": self._source_url(video)}])
        except ClientError as error:
            if error.response["Error"]["Code"] in _UNREADABLE_CODES:
                raise SourceRejected(FailureCode.UNREADABLE_MEDIA, str(error)) from error
            raise
        return probe_source(response, video.source.content_type)

    def start(self, video: Video, source: SourceInfo) -> dict[JobKind, str]:
        """Makes the jobs of the video's current attempt; returns their ids by kind.

        Raises `SourceRejected` where MediaConvert will not take a job for this source.
        """
        jobs: dict[JobKind, str] = {}
        # One preview is enough: whatever becomes of the first attempt, its preview counts.
        if wants_preview(source) and video.attempt == FIRST_ATTEMPT:
            request = preview_job(self._target(video, JobKind.PREVIEW), source)
            jobs[JobKind.PREVIEW] = self._create(request)
        jobs[JobKind.FULL] = self._create(full_job(self._target(video, JobKind.FULL), source))
        return jobs

    def state(self, job_id: str) -> JobState | None:
        """A job's state; None where MediaConvert no longer knows it."""
        from botocore.exceptions import ClientError

        try:
            job = self._client().get_job(Id=job_id)["Job"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NotFoundException":
                return None
            raise
        created: datetime | None = job.get("CreatedAt")
        return JobState(job.get("Status", ""), created, dict(job))

    def cancel(self, job_id: str) -> None:
        """Stops a job; one that has ended or is not known is left alone."""
        from botocore.exceptions import ClientError

        try:
            self._client().cancel_job(Id=job_id)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _FINISHED_CODES:
                raise

    def _create(self, request: Any) -> str:
        from botocore.exceptions import ClientError

        try:
            job_id: str = self._client().create_job(**request)["Job"]["Id"]
        except ClientError as error:
            # Settings that it refuses now it refuses each time, so no retry would end.
            if error.response["Error"]["Code"] == "BadRequestException":
                raise SourceRejected(FailureCode.TRANSCODE_FAILED, str(error)) from error
            raise
        return job_id

    def _source_url(self, video: Video) -> str:
        return f"s3://{self._settings.upload_bucket}/{source_key(video.id)}"

    def _target(self, video: Video, kind: JobKind) -> JobTarget:
        prefix = set_prefix(zone_for(video.visibility), video.id, set_name(kind, video.attempt), 1)
        return JobTarget(
            stage=self._settings.stage,
            video_id=video.id,
            attempt=video.attempt,
            source_url=self._source_url(video),
            destination_url=f"s3://{self._settings.media_bucket}/{prefix}",
            role_arn=self._settings.role_arn,
            queue_arn=self._settings.queue_arn,
        )


def set_name(kind: JobKind, attempt: int) -> str:
    """The folder of a job's output: `p1`, `a1`, `a2` …, one for each kind and attempt."""
    return f"{'a' if kind is JobKind.FULL else 'p'}{attempt}"
