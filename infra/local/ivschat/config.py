"""What the server needs to know, with limits that keep one machine usable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from infra.local.service.config import ServiceConfig

__all__ = ["Config"]


@dataclass(frozen=True, slots=True)
class Config(ServiceConfig):
    """`state` holds rooms, tokens and the log; it belongs to one server at a time.

    `review_timeout_ms` is the service's quota. As the engine runs a process of 70 MB for each
    concurrent call, `max_parallel_reviews` bounds those; the time in that queue is not the
    function's and does not count. A room's function is called before it is needed, as many times
    at once as `warm_up_calls` says, and again after `warm_up_every_s` without a call, because the
    engine ends idle processes.

    `requests_per_second` is a connection's, `events_per_second` the account's for each of
    SendEvent, DeleteMessage and DisconnectUser (service quotas). `max_frame_bytes` is room for 500
    code points and 1 KB of attributes, all of them escaped.
    """

    service: ClassVar[str] = "ivschat"

    review_timeout_ms: float = 200
    max_parallel_reviews: int = 8
    max_waiting_messages: int = 20
    warm_up_calls: int = 2
    warm_up_timeout_s: float = 10
    warm_up_every_s: float = 120
    log_flush_s: float = 2
    max_log_bytes: int = 64 * 1024**2
    max_connections: int = 5_000
    max_rooms: int = 50_000
    max_logging_configurations: int = 10
    max_request_bytes: int = 64 * 1024
    max_frame_bytes: int = 16 * 1024
    max_queued_bytes: int = 256 * 1024
    send_buffer_bytes: int = 128 * 1024
    requests_per_second: int = 10
    events_per_second: int = 100
    token_seconds: float = 60
    ping_every_s: float = 30
    pong_within_s: float = 20
    close_within_s: float = 5
    tick_s: float = 1

    @classmethod
    def from_environment(cls, state: Path, environment: Mapping[str, str] = os.environ) -> Config:
        """Reads SF_ENGINE_URL, SF_CHAT_REVIEW_TIMEOUT_MS and the SDK's AWS_*."""
        return cls._of(
            state,
            environment,
            review_timeout_ms=float(environment.get("SF_CHAT_REVIEW_TIMEOUT_MS", "200")),
        )
