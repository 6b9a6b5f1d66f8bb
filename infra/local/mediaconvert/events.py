"""The EventBridge events of a job.

Shapes: MediaConvert user guide, "List of MediaConvert EventBridge events".
"""

from __future__ import annotations

import json
from typing import Any

from infra.local.mediaconvert.jobs import Job

__all__ = ["event_entry"]

_PHASES = ("PROBING", "TRANSCODING", "UPLOADING")


def event_entry(
    job: Job, status: str, *, now: float, account_id: str, arn_prefix: str
) -> dict[str, Any]:
    """A PutEvents entry that announces `status` (a JobStatus, or STATUS_UPDATE)."""
    detail: dict[str, Any] = {
        "timestamp": int(now * 1000),
        "accountId": account_id,
        "queue": job.queue,
        "jobId": job.id,
        "status": status,
        "userMetadata": job.user_metadata,
    }
    if status == "STATUS_UPDATE":
        detail["jobProgress"] = _progress(job)
    elif status == "COMPLETE":
        detail["outputGroupDetails"] = job.output_group_details
        detail["paddingInserted"] = 0
    elif status == "ERROR":
        detail["errorCode"] = job.error_code
        detail["errorMessage"] = job.error_message
    return {
        "Source": "aws.mediaconvert",
        "DetailType": "MediaConvert Job State Change",
        "Detail": json.dumps(detail),
        "Resources": [f"{arn_prefix}jobs/{job.id}"],
        "Time": now,
    }


def _progress(job: Job) -> dict[str, Any]:
    current = job.phase or _PHASES[0]
    reached = _PHASES.index(current)
    phases = {}
    for position, name in enumerate(_PHASES):
        status, percent = "PENDING", 0
        if position < reached:
            status, percent = "COMPLETE", 100
        elif position == reached:
            status, percent = "PROGRESSING", job.percent
        phases[name] = {"status": status, "percentComplete": percent}
    return {
        "phaseProgress": phases,
        "jobPercentComplete": job.percent,
        "currentPhase": current,
        "retryCount": job.retries,
    }
