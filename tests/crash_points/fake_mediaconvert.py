"""MediaConvert as the videos context sees it, in memory and strict.

Requests are held to botocore's service model. A token makes the same request one job and refuses
another request under it, as AWS does. Jobs move only when a scenario moves them; a finished one
has written its files, a failed one some of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from socialflow.platform.clock import Clock, utc_now

FINISHED = ("COMPLETE", "CANCELED", "ERROR")
SEGMENTS = 1
FRAMES = 2


@dataclass
class Job:
    """One job: its request, and where it is."""

    id: str
    request: dict[str, Any]
    created_at: datetime
    status: str = "SUBMITTED"
    output_group_details: list[dict[str, Any]] = field(default_factory=list)

    @property
    def metadata(self) -> dict[str, str]:
        found: dict[str, str] = self.request["UserMetadata"]
        return found

    @property
    def attempt(self) -> int:
        return int(self.metadata["attempt"])


class FakeMediaConvert:
    """`write(bucket, key)` puts an object; `emit(detail)` sends a job state change."""

    def __init__(
        self,
        *,
        write: Callable[[str, str], None],
        emit: Callable[[dict[str, Any]], None],
        now: Clock = utc_now,
    ) -> None:
        self._now = now
        self.jobs: dict[str, Job] = {}
        self.probe_tracks: list[dict[str, Any]] = [VIDEO_TRACK, AUDIO_TRACK]
        self.duration_s = 12.5
        self.unreadable = False
        self.refuse_jobs = False
        self._write = write
        self._emit = emit

    def call(self, operation: Any, parameters: dict[str, Any]) -> Any:
        """Answers a call as the client would."""
        errors = ParamValidator().validate(parameters, operation.input_shape)
        if errors.has_errors():
            raise AssertionError(f"{operation.name}: {errors.generate_report()}")
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation.name).lower()
        return getattr(self, f"_{method}")(parameters)

    def progress(self, kind: str, percent: int) -> None:
        """The latest job of a kind goes on."""
        job = self._running(kind)
        job.status = "PROGRESSING"
        self._tell(job, "STATUS_UPDATE", jobProgress={"jobPercentComplete": percent})

    def complete(self, kind: str, *, without_files: bool = False) -> None:
        """The latest job of a kind writes all its files and ends."""
        job = self._running(kind)
        groups = job.request["Settings"]["OutputGroups"]
        job.output_group_details = [self._written(group) for group in groups if not without_files]
        job.status = "COMPLETE"
        self._tell(job, "COMPLETE", outputGroupDetails=job.output_group_details)

    def fail(self, kind: str) -> None:
        """The latest job of a kind ends in an error, having written a part of its files."""
        job = self._running(kind)
        for bucket, key in self._files(job.request["Settings"]["OutputGroups"][0]):
            if key.endswith(".cmfv"):
                self._write(bucket, key)
        job.status = "ERROR"
        self._tell(job, "ERROR", errorCode=1010, errorMessage="cannot decode")

    def cancel(self, kind: str) -> None:
        """An operator cancels the latest job of a kind."""
        self._cancel_job({"Id": self._running(kind).id})

    def forget(self, kind: str) -> None:
        """The latest job of a kind is no longer known, as after 90 days."""
        del self.jobs[self._latest(kind).id]

    def _latest(self, kind: str) -> Job:
        return [job for job in self.jobs.values() if job.metadata["kind"] == kind][-1]

    def _running(self, kind: str) -> Job:
        job = self._latest(kind)
        assert job.status not in FINISHED, f"{job.id} has ended: {job.status}"
        return job

    def _tell(self, job: Job, status: str, **more: Any) -> None:
        self._emit(
            {
                "timestamp": 1795254600000,
                "accountId": "123456789012",
                "queue": job.request["Queue"],
                "jobId": job.id,
                "status": status,
                "userMetadata": job.metadata,
                **more,
            }
        )

    def _create_job(self, parameters: dict[str, Any]) -> Any:
        if self.refuse_jobs:
            raise _error("BadRequestException", "CreateJob", "settings")
        job_id = f"job-{parameters['ClientRequestToken']}"
        if job_id in self.jobs:
            if self.jobs[job_id].request != parameters:
                raise _error("ConflictException", "CreateJob", "token used for another request")
            return {"Job": {"Id": job_id}}
        self.jobs[job_id] = Job(job_id, parameters, self._now())
        return {"Job": {"Id": job_id}}

    def _get_job(self, parameters: dict[str, Any]) -> Any:
        job = self._known(parameters["Id"], "GetJob")
        details = [
            {
                "OutputDetails": [
                    {"DurationInMs": output["durationInMs"]}
                    for output in group["outputDetails"]
                    if "durationInMs" in output
                ]
            }
            for group in job.output_group_details
        ]
        return {
            "Job": {
                "Id": job.id,
                "Status": job.status,
                "CreatedAt": job.created_at,
                "Settings": job.request["Settings"],
                "UserMetadata": job.metadata,
                "OutputGroupDetails": details,
            }
        }

    def _cancel_job(self, parameters: dict[str, Any]) -> Any:
        job = self._known(parameters["Id"], "CancelJob")
        if job.status in FINISHED:
            raise _error("ConflictException", "CancelJob", "the job has ended")
        job.status = "CANCELED"
        self._tell(job, "CANCELED")
        return {}

    def _probe(self, _parameters: dict[str, Any]) -> Any:
        if self.unreadable:
            raise _error("BadRequestException", "Probe", "not a media file")
        container = {"Format": "mp4", "Duration": self.duration_s, "Tracks": self.probe_tracks}
        return {"ProbeResults": [{"Container": container}]}

    def _known(self, job_id: str, operation: str) -> Job:
        if job_id not in self.jobs:
            raise _error("NotFoundException", operation, "no such job")
        return self.jobs[job_id]

    def _written(self, group: dict[str, Any]) -> dict[str, Any]:
        """Writes a group's files; describes them as a COMPLETE event does."""
        files = list(self._files(group))
        for bucket, key in files:
            self._write(bucket, key)
        paths = [f"s3://{bucket}/{key}" for bucket, key in files]
        if "CmafGroupSettings" in group["OutputGroupSettings"]:
            return {
                "type": "CMAF_GROUP",
                "playlistFilePaths": [path for path in paths if path.endswith((".m3u8", ".mpd"))],
                "outputDetails": [self._detail(output) for output in group["Outputs"]],
            }
        return {"type": "FILE_GROUP", "outputDetails": [{"outputFilePaths": paths[-1:]}]}

    def _detail(self, output: dict[str, Any]) -> dict[str, Any]:
        detail: dict[str, Any] = {"durationInMs": int(self.duration_s * 1000)}
        if video := output.get("VideoDescription"):
            peak = video["CodecSettings"]["H264Settings"]["MaxBitrate"]
            detail["videoDetails"] = {
                "widthInPx": video["Width"],
                "heightInPx": video["Height"],
                # What came out is the peak here, because GetJob knows no other bitrate.
                "averageBitrate": peak,
            }
        return detail

    @staticmethod
    def _files(group: dict[str, Any]) -> Iterator[tuple[str, str]]:
        (settings,) = (
            value for value in group["OutputGroupSettings"].values() if isinstance(value, dict)
        )
        bucket, _, root = settings["Destination"].removeprefix("s3://").partition("/")
        if "SegmentLength" in settings:
            yield bucket, f"{root}.m3u8"
            yield bucket, f"{root}.mpd"
            for output in group["Outputs"]:
                for number in range(SEGMENTS):
                    yield bucket, f"{root}{output['NameModifier']}_{number:09d}.cmfv"
            return
        capture = group["Outputs"][0]["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
        for number in range(min(FRAMES, capture["MaxCaptures"])):
            yield bucket, f"{root}.{number:07d}.jpg"


def _error(code: str, operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


VIDEO_TRACK: dict[str, Any] = {
    "TrackType": "video",
    "Index": 1,
    "Codec": "AVC",
    "VideoProperties": {
        "Width": 640,
        "Height": 360,
        "FrameRate": {"Numerator": 25, "Denominator": 1},
    },
}
AUDIO_TRACK: dict[str, Any] = {
    "TrackType": "audio",
    "Index": 2,
    "Codec": "AAC",
    "AudioProperties": {"Channels": 2, "SampleRate": 48000},
}
