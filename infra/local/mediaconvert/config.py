"""What the server needs to know, with limits that keep one machine usable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from infra.local.service.config import ServiceConfig
from infra.local.service.ffmpeg import find_ffmpeg

__all__ = ["Config"]


@dataclass(frozen=True, slots=True)
class Config(ServiceConfig):
    """`state` holds jobs, queues and scratch files; it belongs to one server at a time.

    `events_url` is where events go when that is not the engine. `status_seconds` caps
    StatusUpdateInterval: the service's least is ten seconds, longer than most clips here take,
    and an event more often breaks nobody. `token_seconds` is how long a ClientRequestToken
    stands for its job: the API reference says one minute.
    """

    service: ClassVar[str] = "mediaconvert"

    engine_token: str = ""
    events_url: str = ""
    ffmpeg: str = "ffmpeg"
    concurrency: int = 1
    max_unfinished_jobs: int = 1_000
    max_kept_jobs: int = 2_000
    max_retries: int = 3
    max_job_seconds: float = 6 * 3600
    max_request_bytes: int = 1024**2
    max_cached_source_bytes: int = 10 * 1024**3
    max_parallel_probes: int = 2
    probe_timeout_s: float = 30
    status_seconds: float = 2
    token_seconds: float = 60

    @classmethod
    def from_environment(cls, state: Path, environment: Mapping[str, str] = os.environ) -> Config:
        """Reads SF_ENGINE_URL, SF_ENGINE_TOKEN, SF_EVENTS_URL, SF_FFMPEG and the SDK's AWS_*."""
        return cls._of(
            state,
            environment,
            engine_token=environment.get("SF_ENGINE_TOKEN", ""),
            events_url=environment.get("SF_EVENTS_URL", ""),
            ffmpeg=find_ffmpeg(environment),
        )
