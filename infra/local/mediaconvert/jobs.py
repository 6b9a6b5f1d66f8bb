"""A job, its states and how both are written down.

    SUBMITTED ──► PROGRESSING ──► COMPLETE
        │              ├────────► ERROR
        └──────────────┴────────► CANCELED

A server that starts finds jobs PROGRESSING that nobody works on; they go back to SUBMITTED with
one more retry on their count.
"""

from __future__ import annotations

import json
import secrets
import string
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Job", "JobStatus", "new_job_id"]


class JobStatus(StrEnum):
    SUBMITTED = "SUBMITTED"
    PROGRESSING = "PROGRESSING"
    COMPLETE = "COMPLETE"
    CANCELED = "CANCELED"
    ERROR = "ERROR"

    @property
    def is_final(self) -> bool:
        return self in (JobStatus.COMPLETE, JobStatus.CANCELED, JobStatus.ERROR)


@dataclass(slots=True, eq=False)
class Job:
    """Times are seconds since the epoch. `request` is CreateJob's body as it came.

    `undelivered` are EventBridge entries that the engine has not taken yet, oldest first: they
    are saved with the state they announce, in one write.
    """

    id: str
    queue: str
    priority: int
    request: dict[str, Any]
    fingerprint: str
    created_at: float
    status: JobStatus = JobStatus.SUBMITTED
    phase: str | None = None
    percent: int = 0
    retries: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    error_code: int | None = None
    error_message: str | None = None
    output_group_details: list[dict[str, Any]] = field(default_factory=list)
    undelivered: list[dict[str, Any]] = field(default_factory=list)

    @property
    def user_metadata(self) -> dict[str, str]:
        metadata: dict[str, str] = self.request.get("userMetadata", {})
        return metadata

    @property
    def token(self) -> str | None:
        token: str | None = self.request.get("clientRequestToken")
        return token

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Raises ValueError or TypeError if `text` is not a saved job."""
        fields = json.loads(text)
        return cls(**{**fields, "status": JobStatus(fields["status"])})

    def to_wire(self, arn_prefix: str) -> dict[str, Any]:
        """As `Job` of the API; `arn_prefix` is `arn:aws:mediaconvert:<region>:<account>:`."""
        timing = {
            "submitTime": self.created_at,
            "startTime": self.started_at,
            "finishTime": self.finished_at,
        }
        wire = {
            "arn": f"{arn_prefix}jobs/{self.id}",
            "id": self.id,
            "createdAt": self.created_at,
            "queue": self.queue,
            "role": self.request["role"],
            "settings": self.request["settings"],
            "status": self.status.value,
            "currentPhase": self.phase,
            "jobPercentComplete": self.percent if self.started_at else None,
            "priority": self.priority,
            "retryCount": self.retries,
            "clientRequestToken": self.token,
            "userMetadata": self.user_metadata,
            "statusUpdateInterval": self.request.get("statusUpdateInterval", "SECONDS_60"),
            "timing": {name: time for name, time in timing.items() if time is not None},
            "errorCode": self.error_code,
            "errorMessage": self.error_message,
            "outputGroupDetails": [
                {
                    "outputDetails": [
                        {
                            name: one[name]
                            for name in ("durationInMs", "videoDetails")
                            if name in one
                        }
                        for one in group["outputDetails"]
                    ]
                }
                for group in self.output_group_details
            ]
            or None,
        }
        return {name: value for name, value in wire.items() if value is not None}


def new_job_id(now: float) -> str:
    """`<milliseconds>-<six letters or digits>`, as the service makes them."""
    alphabet = string.ascii_lowercase + string.digits
    return f"{int(now * 1000)}-{''.join(secrets.choice(alphabet) for _ in range(6))}"
