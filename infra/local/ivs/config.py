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
    """`state` holds records, the certificate and spools; it belongs to one server at a time.

    `events_url` is where events go when that is not the engine. `calls_per_second` is AWS's own
    quota of each control operation; 0 lifts it. A part ends with a frame, so players are told a
    target that is a frame longer than `part_seconds`.
    """

    service: ClassVar[str] = "ivs"

    engine_token: str = ""
    events_url: str = ""
    ffmpeg: str = "ffmpeg"

    calls_per_second: int = 5
    max_request_bytes: int = 256 * 1024
    max_channels: int = 5_000
    max_recording_configurations: int = 20
    max_playback_keys: int = 3
    max_kept_sessions: int = 100
    max_streams: int = 4

    max_rungs: int = 3
    top_rung: int = 720
    max_frame_rate: int = 30
    segment_seconds: float = 1.0
    part_seconds: float = 0.5
    window_segments: int = 12
    kept_segments: int = 18
    start_wait_seconds: float = 2.0
    start_limit_seconds: float = 20.0
    encoder_stall_seconds: float = 10.0
    max_encoder_starts: int = 6
    bitrate_limit_bps: int = 8_500_000

    recording_segment_seconds: float = 6.0
    max_spool_bytes: int = 2 * 1024**3
    min_free_bytes: int = 512 * 1024**2
    recording_end_seconds: float = 20.0

    starvation_seconds: float = 3.0
    tick_seconds: float = 0.5
    metrics_seconds: float = 5.0
    viewer_seconds: float = 10.0
    viewer_kept_seconds: float = 900.0
    max_viewers: int = 10_000
    linger_seconds: float = 30.0

    @classmethod
    def from_environment(cls, state: Path, environment: Mapping[str, str] = os.environ) -> Config:
        """Reads SF_ENGINE_URL, SF_ENGINE_TOKEN, SF_EVENTS_URL, SF_FFMPEG,
        SF_IVS_CALLS_PER_SECOND and the SDK's AWS_*.
        """
        return cls._of(
            state,
            environment,
            engine_token=environment.get("SF_ENGINE_TOKEN", ""),
            events_url=environment.get("SF_EVENTS_URL", ""),
            ffmpeg=find_ffmpeg(environment),
            calls_per_second=int(environment.get("SF_IVS_CALLS_PER_SECOND", "5")),
        )
