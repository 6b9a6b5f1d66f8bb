"""Events on their way to the engine: at least once, in order for each job.

An event is saved in its job before it is sent and removed after the engine took it. A server
killed between the two sends it again after the restart.
"""

from __future__ import annotations

import logging
import threading
from collections import deque

from infra.local.mediaconvert.job_store import JobStore
from infra.local.mediaconvert.jobs import Job
from infra.local.service.engine_events import EventSink, EventsRefused

__all__ = ["Delivery"]

_LOG = logging.getLogger(__name__)
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0


class Delivery:
    """One thread that empties `Job.undelivered`. `lock` guards jobs and is the scheduler's."""

    def __init__(self, sink: EventSink, store: JobStore, lock: threading.RLock) -> None:
        self._sink = sink
        self._store = store
        self._lock = lock
        self._waiting: deque[Job] = deque()
        self._something = threading.Condition(lock)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the request under way; what is undelivered is saved already."""
        self._stopping.set()
        with self._something:
            self._something.notify_all()
        self._thread.join()

    def enqueue(self, job: Job) -> None:
        """There is something undelivered in `job`. Call with the lock held."""
        if job not in self._waiting:
            self._waiting.append(job)
        self._something.notify_all()

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stopping.is_set():
            with self._something:
                while not self._waiting and not self._stopping.is_set():
                    self._something.wait()
                if self._stopping.is_set():
                    return
                job = self._waiting.popleft()
                entries = list(job.undelivered)
            try:
                if entries:
                    self._sink.deliver(entries)
            except EventsRefused as refused:
                _LOG.warning("events of %s not delivered: %s", job.id, refused)
                with self._lock:
                    # To the end of the line: one job's bad luck must not hold up the others.
                    self.enqueue(job)
                self._stopping.wait(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                continue
            wait_s = _FIRST_WAIT_S
            with self._lock:
                job.undelivered = [one for one in job.undelivered if one not in entries]
                self._store.save(job)
                if job.undelivered:
                    self.enqueue(job)
