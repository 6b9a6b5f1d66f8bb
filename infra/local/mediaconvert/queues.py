"""Transcoding queues: `Default` is always there, others come and go by the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from infra.local.mediaconvert.accepted import CREATE_QUEUE
from infra.local.mediaconvert.job_store import JobStore
from infra.local.service.errors import BadRequest, Conflict, NotFound

__all__ = ["Queue", "Queues"]


@dataclass(slots=True)
class Queue:
    name: str
    created_at: float
    updated_at: float
    description: str = ""
    status: str = "ACTIVE"
    type: str = "CUSTOM"


class Queues:
    """Not thread-safe: the scheduler holds its lock. Saved on every change."""

    def __init__(self, store: JobStore, arn_prefix: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._arn_prefix = f"{arn_prefix}queues/"
        self._clock = clock
        self._queues = {one["name"]: Queue(**one) for one in store.load_queues()}
        if "Default" not in self._queues:
            now = clock()
            self._queues["Default"] = Queue("Default", now, now, type="SYSTEM")

    def resolve(self, name_or_arn: str | None) -> Queue:
        """By name or ARN; None is `Default`. Raises `NotFound`."""
        name = (name_or_arn or "Default").removeprefix(self._arn_prefix)
        if name not in self._queues:
            raise NotFound(f"The specified queue {name_or_arn} doesn't exist.")
        return self._queues[name]

    def for_job(self, name_or_arn: str | None) -> Queue:
        """As `resolve`, but an ARN of this account makes its queue.

        The engine's CloudFormation gives an `AWS::MediaConvert::Queue` its ARN without calling
        this server, which may not even run yet; the first job brings the queue into being.
        """
        name = (name_or_arn or "").removeprefix(self._arn_prefix)
        if name_or_arn not in (None, name) and name not in self._queues:
            body = {"name": name}
            CREATE_QUEUE.check(body, "/queue")
            return self.create(body)
        return self.resolve(name_or_arn)

    def arn(self, queue: Queue) -> str:
        return self._arn_prefix + queue.name

    def all(self) -> list[Queue]:
        return sorted(self._queues.values(), key=lambda queue: queue.name)

    def create(self, body: dict[str, Any]) -> Queue:
        """Raises `Conflict` if the name is taken."""
        if body["name"] in self._queues:
            raise Conflict(f"Queue {body['name']} already exists.")
        now = self._clock()
        queue = Queue(
            body["name"], now, now, body.get("description", ""), body.get("status", "ACTIVE")
        )
        self._queues[queue.name] = queue
        self._save()
        return queue

    def update(self, name: str, body: dict[str, Any]) -> Queue:
        queue = self.resolve(name)
        queue.description = body.get("description", queue.description)
        queue.status = body.get("status", queue.status)
        queue.updated_at = self._clock()
        self._save()
        return queue

    def delete(self, name: str) -> None:
        """Raises `BadRequest` for the system's own queue."""
        queue = self.resolve(name)
        if queue.type == "SYSTEM":
            raise BadRequest("You can't delete the default queue.")
        del self._queues[queue.name]
        self._save()

    def to_wire(self, queue: Queue, submitted: int, progressing: int) -> dict[str, Any]:
        return {
            "arn": self.arn(queue),
            "name": queue.name,
            "createdAt": queue.created_at,
            "lastUpdated": queue.updated_at,
            "description": queue.description,
            "pricingPlan": "ON_DEMAND",
            "status": queue.status,
            "type": queue.type,
            "submittedJobsCount": submitted,
            "progressingJobsCount": progressing,
        }

    def _save(self) -> None:
        self._store.save_queues([asdict(queue) for queue in self._queues.values()])
