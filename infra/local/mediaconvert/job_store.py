"""Jobs and queues on disk: one JSON file each, replaced as a whole.

A file is written beside and renamed, so a kill at any moment leaves the old state or the new.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.mediaconvert.jobs import Job

__all__ = ["JobStore"]

_LOG = logging.getLogger(__name__)


class JobStore:
    """The directory belongs to one server at a time."""

    def __init__(self, directory: Path) -> None:
        self._jobs = directory / "jobs"
        self._queues = directory / "queues.json"
        self._jobs.mkdir(parents=True, exist_ok=True)

    def save(self, job: Job) -> None:
        _replace(self._jobs / f"{job.id}.json", job.to_json())

    def forget(self, job: Job) -> None:
        (self._jobs / f"{job.id}.json").unlink(missing_ok=True)

    def load(self) -> Iterator[Job]:
        """Every saved job, oldest first. A file that cannot be read is set aside, with a log."""
        for path in sorted(self._jobs.glob("*.json")):
            try:
                yield Job.from_json(path.read_text(encoding="utf-8"))
            except (ValueError, TypeError, KeyError) as damaged:
                _LOG.warning("%s is not a job (%s); set aside", path, damaged)
                path.rename(path.with_suffix(".damaged"))

    def save_queues(self, queues: list[dict[str, Any]]) -> None:
        _replace(self._queues, json.dumps(queues))

    def load_queues(self) -> list[dict[str, Any]]:
        if not self._queues.exists():
            return []
        queues: list[dict[str, Any]] = json.loads(self._queues.read_text(encoding="utf-8"))
        return queues


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
