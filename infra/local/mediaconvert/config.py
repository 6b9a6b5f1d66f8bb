"""What the server needs to know, with limits that keep one machine usable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.service.ffmpeg import find_ffmpeg

__all__ = ["Config"]


@dataclass(frozen=True, slots=True)
class Config:
    """`state` holds jobs, queues and scratch files; it belongs to one server at a time.

    `events_url` is where events go when that is not the engine. `status_seconds` caps
    StatusUpdateInterval: the service's least is ten seconds, longer than most clips here take,
    and an event more often breaks nobody. `token_seconds` is how long a ClientRequestToken
    stands for its job: the API reference says one minute.
    """

    state: Path
    engine_url: str
    engine_token: str = ""
    events_url: str = ""
    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105 - the engine's documented administrator key
    region: str = "us-east-1"
    account_id: str = "000000000000"
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

    @property
    def arn_prefix(self) -> str:
        return f"arn:aws:mediaconvert:{self.region}:{self.account_id}:"

    @classmethod
    def from_environment(cls, state: Path, environment: Mapping[str, str] = os.environ) -> Config:
        """Reads SF_ENGINE_URL, SF_ENGINE_TOKEN, SF_EVENTS_URL, SF_FFMPEG and the SDK's AWS_*."""
        return cls(
            state=state,
            engine_url=environment.get("SF_ENGINE_URL", "http://127.0.0.1:4566"),
            engine_token=environment.get("SF_ENGINE_TOKEN", ""),
            events_url=environment.get("SF_EVENTS_URL", ""),
            access_key=environment.get("AWS_ACCESS_KEY_ID", "test"),
            secret_key=environment.get("AWS_SECRET_ACCESS_KEY", "test"),
            region=environment.get("AWS_REGION", "us-east-1"),
            ffmpeg=find_ffmpeg(environment),
        )
