"""Jobs in order of priority, through a few workers, with every change saved and announced.

One lock guards jobs and queues; transcoding itself runs outside it. Each change of state is one
write that also holds the event announcing it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.local.mediaconvert.config import Config
from infra.local.mediaconvert.delivery import Delivery
from infra.local.mediaconvert.errors import JobCanceled, JobFailed, JobStopped
from infra.local.mediaconvert.events import event_entry
from infra.local.mediaconvert.job_store import JobStore
from infra.local.mediaconvert.jobs import Job, JobStatus, new_job_id
from infra.local.mediaconvert.plan import JobPlan, plan_of
from infra.local.mediaconvert.queues import Queues
from infra.local.mediaconvert.transcode import Progress
from infra.local.service.engine_events import EventSink
from infra.local.service.errors import Conflict, NotFound, TooManyRequests

__all__ = ["RunJob", "Scheduler"]

_LOG = logging.getLogger(__name__)
_MAX_UNDELIVERED = 20

RunJob = Callable[[str, JobPlan, Progress], list[dict[str, Any]]]
"""Job id, plan, progress → COMPLETE's outputGroupDetails; see `Transcoder.run`."""


class Scheduler:
    """Thread-safe."""

    def __init__(
        self,
        config: Config,
        run_job: RunJob,
        sink: EventSink,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._run_job = run_job
        self._clock = clock
        self._store = JobStore(config.state)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._jobs: dict[str, Job] = {}
        self._canceled: set[str] = set()
        self._stopping = threading.Event()
        self._delivery = Delivery(sink, self._store, self._lock)
        self.queues = Queues(self._store, config.arn_prefix, clock)
        self._workers = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(config.concurrency)
        ]

    def start(self) -> None:
        """Take up what an earlier server left, then work."""
        with self._lock:
            for job in self._store.load():
                self._jobs[job.id] = job
                if job.status is JobStatus.PROGRESSING:
                    self._restart(job)
                if job.undelivered:
                    self._delivery.enqueue(job)
        self._delivery.start()
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Stop running jobs where they are; they stay SUBMITTED for the next start."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        for worker in self._workers:
            worker.join()
        self._delivery.stop()

    def submit(self, request: dict[str, Any]) -> Job:
        """Accept a checked CreateJob body, or answer with the job its token stands for.

        Raises `NotFound` for the queue, `Conflict` for a token used for another request,
        `TooManyRequests` when too many jobs are unfinished, `BadRequest` from the plan.
        """
        plan_of(request["settings"])
        canonical = json.dumps(request, sort_keys=True).encode()
        fingerprint = hashlib.sha256(canonical).hexdigest()
        with self._changed:
            queue = self.queues.for_job(request.get("queue"))
            now = self._clock()
            known = self._job_of_token(request.get("clientRequestToken"), now)
            if known is not None:
                if known.fingerprint != fingerprint:
                    raise Conflict("The client request token was used for a different job.")
                return known
            unfinished = sum(not job.status.is_final for job in self._jobs.values())
            if unfinished >= self._config.max_unfinished_jobs:
                raise TooManyRequests("Too many jobs are waiting.")
            job = Job(
                id=new_job_id(now),
                queue=self.queues.arn(queue),
                priority=request.get("priority", 0),
                request=request,
                fingerprint=fingerprint,
                created_at=now,
            )
            self._jobs[job.id] = job
            self._store.save(job)
            self._changed.notify_all()
            return job

    def get(self, job_id: str) -> Job:
        """Raises `NotFound`."""
        with self._lock:
            if job_id not in self._jobs:
                raise NotFound(f"Job {job_id} doesn't exist.")
            return self._jobs[job_id]

    def find(self, queue: str | None, status: str | None) -> list[Job]:
        """Oldest first. Raises `NotFound` for the queue."""
        with self._lock:
            arn = self.queues.arn(self.queues.resolve(queue)) if queue else None
            return sorted(
                (
                    job
                    for job in self._jobs.values()
                    if arn in (None, job.queue) and status in (None, job.status.value)
                ),
                key=lambda job: (job.created_at, job.id),
            )

    def cancel(self, job_id: str) -> None:
        """Cancel at once if it waits, soon if it runs. Raises `NotFound`, `Conflict`."""
        with self._lock:
            job = self.get(job_id)
            if job.status.is_final:
                raise Conflict(f"Job {job_id} is {job.status.value} and can't be canceled.")
            if job.status is JobStatus.SUBMITTED:
                self._finish(job, JobStatus.CANCELED)
            else:
                self._canceled.add(job_id)

    def change_queues(self, change: Callable[[Queues], Any]) -> Any:
        """Run `change` with the lock held and let workers look again."""
        with self._changed:
            answer = change(self.queues)
            self._changed.notify_all()
            return answer

    def _job_of_token(self, token: str | None, now: float) -> Job | None:
        if token is None:
            return None
        recent = [
            job
            for job in self._jobs.values()
            if job.token == token and now - job.created_at <= self._config.token_seconds
        ]
        return max(recent, key=lambda job: job.created_at, default=None)

    def _restart(self, job: Job) -> None:
        job.retries += 1
        if job.retries > self._config.max_retries:
            job.error_code = JobFailed.TRANSCODER
            job.error_message = "The job was interrupted too often."
            self._finish(job, JobStatus.ERROR)
            return
        job.status, job.phase, job.percent = JobStatus.SUBMITTED, None, 0
        self._store.save(job)

    def _next(self) -> Job | None:
        """The waiting job of highest priority, oldest first among equals, marked as begun."""
        with self._changed:
            while not self._stopping.is_set():
                active = {
                    self.queues.arn(one) for one in self.queues.all() if one.status == "ACTIVE"
                }
                waiting = [
                    job
                    for job in self._jobs.values()
                    if job.status is JobStatus.SUBMITTED and job.queue in active
                ]
                if waiting:
                    job = min(waiting, key=lambda one: (-one.priority, one.created_at, one.id))
                    job.status = JobStatus.PROGRESSING
                    job.started_at = self._clock()
                    self._announce(job, "PROGRESSING")
                    return job
                self._changed.wait()
            return None

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                details = self._run_job(
                    job.id,
                    plan_of(job.request["settings"]),
                    _Reporter(self, job),
                )
            except JobStopped:
                with self._lock:
                    job.status, job.phase, job.percent = JobStatus.SUBMITTED, None, 0
                    self._store.save(job)
            except JobCanceled:
                self._finish(job, JobStatus.CANCELED)
            except JobFailed as failed:
                self._fail(job, failed.code, failed.message)
            except Exception:
                # The last frame of a worker: whatever it is, the job must end and the next begin.
                _LOG.exception("job %s failed inside the server", job.id)
                self._fail(job, JobFailed.TRANSCODER, "Internal error.")
            else:
                job.output_group_details = details
                job.percent = 100
                self._finish(job, JobStatus.COMPLETE)

    def _fail(self, job: Job, code: int, message: str) -> None:
        job.error_code, job.error_message = code, message
        self._finish(job, JobStatus.ERROR)

    def _finish(self, job: Job, status: JobStatus) -> None:
        with self._lock:
            job.status = status
            job.phase = None
            job.finished_at = self._clock()
            self._canceled.discard(job.id)
            self._announce(job, status.value)
            self._forget_oldest()

    def _announce(self, job: Job, status: str) -> None:
        entry = event_entry(
            job,
            status,
            now=self._clock(),
            account_id=self._config.account_id,
            arn_prefix=self._config.arn_prefix,
        )
        with self._lock:
            if status == "STATUS_UPDATE" and len(job.undelivered) >= _MAX_UNDELIVERED:
                return
            job.undelivered.append(entry)
            self._store.save(job)
            self._delivery.enqueue(job)

    def _forget_oldest(self) -> None:
        done = [job for job in self._jobs.values() if job.status.is_final and not job.undelivered]
        excess = len(done) - self._config.max_kept_jobs
        for job in sorted(done, key=lambda one: one.created_at)[: max(0, excess)]:
            del self._jobs[job.id]
            self._store.forget(job)


class _Reporter:
    """Progress of one running job; see `transcode.Progress`."""

    def __init__(self, scheduler: Scheduler, job: Job) -> None:
        self._scheduler = scheduler
        self._job = job
        asked = job.request.get("statusUpdateInterval", "SECONDS_60")
        asked_s = float(asked.removeprefix("SECONDS_"))
        self._interval_s = min(asked_s, scheduler._config.status_seconds)
        self._next_update = time.monotonic() + self._interval_s

    def phase(self, name: str) -> None:
        self._job.phase = name
        self.tick()

    def percent(self, value: int) -> None:
        self._job.percent = max(self._job.percent, value)

    def tick(self) -> None:
        """Raises `JobStopped` or `JobCanceled` when the job must not go on."""
        if self._scheduler._stopping.is_set():
            raise JobStopped
        if self._job.id in self._scheduler._canceled:
            raise JobCanceled
        if time.monotonic() >= self._next_update:
            self._next_update = time.monotonic() + self._interval_s
            self._scheduler._announce(self._job, "STATUS_UPDATE")
