"""The EventBridge events of a job, and the port they leave by.

Shapes: MediaConvert user guide, "List of MediaConvert EventBridge events".
"""

from __future__ import annotations

import json
from typing import Any, Protocol

import httpx

from infra.local.mediaconvert.jobs import Job

__all__ = ["EngineEvents", "EventSink", "EventsRefused", "event_entry"]

_PHASES = ("PROBING", "TRANSCODING", "UPLOADING")


class EventsRefused(Exception):
    """The engine did not take the events; they have to be sent again."""


class EventSink(Protocol):
    def deliver(self, entries: list[dict[str, Any]]) -> None:
        """Hand over PutEvents entries in order. Raises `EventsRefused`."""


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


class EngineEvents:
    """Posts to the engine's loopback door, which lets `aws.*` sources in."""

    def __init__(self, engine_url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=engine_url, headers={"x-socialflow-token": token}, timeout=10, trust_env=False
        )

    def deliver(self, entries: list[dict[str, Any]]) -> None:
        """See `EventSink`. An answer that counts failed entries is a refusal."""
        try:
            answer = self._client.post("/_socialflow/events", json={"Entries": entries})
        except httpx.HTTPError as failed:
            raise EventsRefused(f"the engine cannot be reached: {failed}") from failed
        if answer.status_code != httpx.codes.OK:
            raise EventsRefused(f"the engine answered {answer.status_code}: {answer.text[:300]}")
        if answer.content and answer.json().get("FailedEntryCount"):
            raise EventsRefused(f"the engine refused entries: {answer.text[:300]}")

    def close(self) -> None:
        self._client.close()
