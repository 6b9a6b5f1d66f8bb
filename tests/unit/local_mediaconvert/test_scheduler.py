"""Jobs in order, once each, surviving whatever is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.local.mediaconvert.config import Config
from infra.local.mediaconvert.errors import JobFailed
from infra.local.mediaconvert.job_store import JobStore
from infra.local.mediaconvert.jobs import Job, JobStatus
from infra.local.mediaconvert.plan import JobPlan
from infra.local.mediaconvert.scheduler import Scheduler
from infra.local.mediaconvert.transcode import Progress
from infra.local.service.errors import BadRequest, Conflict, NotFound
from infra.local.service.errors import TooManyRequests as Full
from tests.unit.local_mediaconvert.fakes import RecordingEvents, wait_until
from tests.unit.local_mediaconvert.jobs import full_request, on_the_wire

DETAILS: list[dict[str, Any]] = [{"type": "CMAF_GROUP", "outputDetails": [{"durationInMs": 5}]}]


class Bench:
    """Runs "jobs" that wait at a gate; remembers the order in which they began."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.began: list[str] = []
        self.failure: Exception | None = None

    def __call__(self, job_id: str, plan: JobPlan, progress: Progress) -> list[dict[str, Any]]:
        self.began.append(job_id)
        progress.phase("TRANSCODING")
        while not self.gate.wait(0.005):
            progress.tick()
        if self.failure is not None:
            raise self.failure
        return DETAILS


def a_request(token: str, priority: int = 0) -> dict[str, Any]:
    return on_the_wire(full_request()) | {"clientRequestToken": token, "priority": priority}


def config(state: Path, **changes: Any) -> Config:
    return Config(state=state, engine_url="http://127.0.0.1:1", **changes)


@contextmanager
def running(
    state: Path, bench: Bench, events: RecordingEvents, **changes: Any
) -> Iterator[Scheduler]:
    scheduler = Scheduler(config(state, **changes), bench, events)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()


def killed_in_the_middle(state: Path, **changes: Any) -> str:
    """A job as a server killed outright leaves it: PROGRESSING, its event undelivered."""
    events = RecordingEvents()
    events.closed = True
    bench = Bench()
    saved = ""
    with running(state, bench, events, **changes) as scheduler:
        job = scheduler.submit(a_request("token"))
        wait_until(lambda: bench.began == [job.id])
        saved = (state / "jobs" / f"{job.id}.json").read_text()
    (state / "jobs" / f"{job.id}.json").write_text(saved)
    assert Job.from_json(saved).status is JobStatus.PROGRESSING
    return job.id


class TestRefusing:
    def test_an_unknown_queue(self, tmp_path: Path) -> None:
        with running(tmp_path, Bench(), RecordingEvents()) as scheduler, pytest.raises(NotFound):
            scheduler.submit(a_request("a") | {"queue": "nowhere"})

    def test_settings_without_sense(self, tmp_path: Path) -> None:
        request = a_request("a")
        request["settings"]["outputGroups"].pop(0)
        with running(tmp_path, Bench(), RecordingEvents()) as scheduler, pytest.raises(BadRequest):
            scheduler.submit(request)

    def test_more_jobs_than_it_holds(self, tmp_path: Path) -> None:
        with running(tmp_path, Bench(), RecordingEvents(), max_unfinished_jobs=1) as scheduler:
            scheduler.submit(a_request("a"))
            with pytest.raises(Full):
                scheduler.submit(a_request("b"))

    def test_a_token_for_another_request(self, tmp_path: Path) -> None:
        with running(tmp_path, Bench(), RecordingEvents()) as scheduler:
            scheduler.submit(a_request("a"))
            with pytest.raises(Conflict):
                scheduler.submit(a_request("a", priority=7))


class TestIdempotency:
    def test_the_same_token_is_the_same_job(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        bench.gate.set()
        with running(tmp_path, bench, events) as scheduler:
            first = scheduler.submit(a_request("a"))
            wait_until(lambda: first.status is JobStatus.COMPLETE)
            assert scheduler.submit(a_request("a")) is first
        assert bench.began == [first.id]

    def test_survives_a_restart(self, tmp_path: Path) -> None:
        bench = Bench()
        with running(tmp_path, bench, RecordingEvents()) as scheduler:
            first = scheduler.submit(a_request("a")).id
        with running(tmp_path, bench, RecordingEvents()) as scheduler:
            assert scheduler.submit(a_request("a")).id == first

    def test_lasts_as_long_as_the_service_says(self, tmp_path: Path) -> None:
        now = [1000.0]
        scheduler = Scheduler(config(tmp_path), Bench(), RecordingEvents(), lambda: now[0])
        first = scheduler.submit(a_request("a"))
        now[0] += 61
        assert scheduler.submit(a_request("a")) is not first


class TestOrder:
    def test_priority_first_then_age(self, tmp_path: Path) -> None:
        bench = Bench()
        with running(tmp_path, bench, RecordingEvents()) as scheduler:
            blocker = scheduler.submit(a_request("blocker"))
            wait_until(lambda: bench.began == [blocker.id])
            low = scheduler.submit(a_request("low", -5))
            first = scheduler.submit(a_request("first"))
            second = scheduler.submit(a_request("second"))
            urgent = scheduler.submit(a_request("urgent", 20))
            bench.gate.set()
            wait_until(lambda: len(bench.began) == 5)
        assert bench.began == [blocker.id, urgent.id, first.id, second.id, low.id]

    def test_a_paused_queue_waits(self, tmp_path: Path) -> None:
        bench = Bench()
        bench.gate.set()
        with running(tmp_path, bench, RecordingEvents()) as scheduler:
            scheduler.change_queues(lambda q: q.create({"name": "slow", "status": "PAUSED"}))
            paused = scheduler.submit(a_request("a") | {"queue": "slow"})
            other = scheduler.submit(a_request("b"))
            wait_until(lambda: other.status is JobStatus.COMPLETE)
            assert paused.status is JobStatus.SUBMITTED
            scheduler.change_queues(lambda q: q.update("slow", {"status": "ACTIVE"}))
            wait_until(lambda: paused.status is JobStatus.COMPLETE)


class TestEnding:
    def test_events_tell_the_whole_story(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        with running(tmp_path, bench, events, status_seconds=0.02) as scheduler:
            job = scheduler.submit(a_request("a"))
            wait_until(lambda: "STATUS_UPDATE" in events.statuses(job.id))
            bench.gate.set()
            wait_until(lambda: "COMPLETE" in events.statuses(job.id))
        statuses = events.statuses(job.id)
        assert statuses[0] == "PROGRESSING"
        assert set(statuses[1:-1]) == {"STATUS_UPDATE"}
        assert statuses[-1] == "COMPLETE"
        assert events.details[-1]["outputGroupDetails"] == DETAILS
        assert events.details[-1]["userMetadata"]["video_id"] == "vid_1"
        assert events.entries[0]["Source"] == "aws.mediaconvert"
        update = next(one for one in events.details if one["status"] == "STATUS_UPDATE")
        assert update["jobProgress"]["currentPhase"] == "TRANSCODING"
        assert update["jobProgress"]["phaseProgress"]["PROBING"]["status"] == "COMPLETE"

    def test_a_failed_job_says_why(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        bench.failure = JobFailed(1040, "cannot be read")
        bench.gate.set()
        with running(tmp_path, bench, events) as scheduler:
            job = scheduler.submit(a_request("a"))
            wait_until(lambda: "ERROR" in events.statuses(job.id))
        assert events.details[-1]["errorCode"] == 1040
        assert events.details[-1]["errorMessage"] == "cannot be read"

    def test_a_fault_of_the_server_ends_the_job_and_not_the_worker(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        bench, events = Bench(), RecordingEvents()
        bench.failure = RuntimeError("a bug")
        bench.gate.set()
        with running(tmp_path, bench, events) as scheduler:
            first = scheduler.submit(a_request("a"))
            wait_until(lambda: first.status is JobStatus.ERROR)
            bench.failure = None
            second = scheduler.submit(a_request("b"))
            wait_until(lambda: second.status is JobStatus.COMPLETE)
        assert "a bug" in caplog.text
        assert first.error_message == "Internal error."

    def test_canceling_a_waiting_and_a_running_job(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        with running(tmp_path, bench, events) as scheduler:
            runs = scheduler.submit(a_request("a"))
            wait_until(lambda: bench.began == [runs.id])
            waits = scheduler.submit(a_request("b"))
            scheduler.cancel(waits.id)
            scheduler.cancel(runs.id)
            wait_until(lambda: runs.status is JobStatus.CANCELED)
            wait_until(lambda: events.statuses(runs.id)[-1:] == ["CANCELED"])
            with pytest.raises(Conflict):
                scheduler.cancel(runs.id)
        assert bench.began == [runs.id]
        assert events.statuses(waits.id) == ["CANCELED"]


class TestSurviving:
    def test_a_killed_server_starts_its_job_again(self, tmp_path: Path) -> None:
        job_id = killed_in_the_middle(tmp_path)
        bench, events = Bench(), RecordingEvents()
        bench.gate.set()
        with running(tmp_path, bench, events) as scheduler:
            wait_until(lambda: "COMPLETE" in events.statuses(job_id))
            assert scheduler.get(job_id).retries == 1
        assert bench.began == [job_id]
        assert events.statuses(job_id) == ["PROGRESSING", "PROGRESSING", "COMPLETE"]

    def test_a_job_that_kills_the_server_every_time_fails(self, tmp_path: Path) -> None:
        job_id = killed_in_the_middle(tmp_path)
        bench, events = Bench(), RecordingEvents()
        with running(tmp_path, bench, events, max_retries=0):
            wait_until(lambda: "ERROR" in events.statuses(job_id))
        assert bench.began == []

    def test_a_stopped_server_goes_on_without_a_retry(self, tmp_path: Path) -> None:
        bench = Bench()
        with running(tmp_path, bench, RecordingEvents()) as scheduler:
            job = scheduler.submit(a_request("a"))
            wait_until(lambda: bench.began == [job.id])
        bench.gate.set()
        events = RecordingEvents()
        with running(tmp_path, bench, events) as scheduler:
            wait_until(lambda: "COMPLETE" in events.statuses(job.id))
            assert scheduler.get(job.id).retries == 0

    def test_events_wait_for_an_engine_that_is_away(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        bench.gate.set()
        events.closed = True
        with running(tmp_path, bench, events) as scheduler:
            job = scheduler.submit(a_request("a"))
            wait_until(lambda: job.status is JobStatus.COMPLETE)
            events.closed = False
            wait_until(lambda: events.statuses(job.id) == ["PROGRESSING", "COMPLETE"])

    def test_events_undelivered_at_the_end_are_delivered_by_the_next_server(
        self, tmp_path: Path
    ) -> None:
        bench, away = Bench(), RecordingEvents()
        bench.gate.set()
        away.closed = True
        with running(tmp_path, bench, away) as scheduler:
            job = scheduler.submit(a_request("a"))
            wait_until(lambda: job.status is JobStatus.COMPLETE)
        events = RecordingEvents()
        with running(tmp_path, Bench(), events):
            wait_until(lambda: events.statuses(job.id) == ["PROGRESSING", "COMPLETE"])

    def test_a_damaged_file_is_set_aside(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "jobs").mkdir()
        (tmp_path / "jobs" / "1-a.json").write_text("{")
        assert list(JobStore(tmp_path).load()) == []
        assert (tmp_path / "jobs" / "1-a.damaged").exists()
        assert "set aside" in caplog.text

    def test_old_finished_jobs_are_forgotten(self, tmp_path: Path) -> None:
        bench, events = Bench(), RecordingEvents()
        bench.gate.set()
        with running(tmp_path, bench, events, max_kept_jobs=2) as scheduler:
            for number in range(5):
                job = scheduler.submit(a_request(str(number)))
                wait_until(lambda job=job: "COMPLETE" in events.statuses(job.id))  # type: ignore[misc]
            wait_until(lambda: len(list((tmp_path / "jobs").glob("*.json"))) <= 4)
            assert scheduler.get(job.id).status is JobStatus.COMPLETE
