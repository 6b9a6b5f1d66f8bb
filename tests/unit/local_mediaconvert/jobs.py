"""CreateJob requests as the domain makes them, in the wire's form."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from infra.local.mediaconvert.bench_command import wire_body
from infra.local.mediaconvert.plan import JobPlan, plan_of
from socialflow.videos.probe import ContainerFamily, SourceInfo
from socialflow.videos.transcode_job import JobTarget, full_job, preview_job

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

SOURCE_URL = "s3://uploads/uploads/vid_1/source"
SET = "s3://media/media/public/vid_1/a1"


def target(attempt: int = 1) -> JobTarget:
    return JobTarget(
        stage="local",
        video_id="vid_1",
        attempt=attempt,
        source_url=SOURCE_URL,
        destination_url=SET,
        role_arn="arn:aws:iam::000000000000:role/transcoding",
        queue_arn="arn:aws:mediaconvert:us-east-1:000000000000:queues/videos",
    )


def source_info(
    width: int = 640,
    height: int = 360,
    *,
    has_audio: bool = True,
    frame_rate: Fraction = Fraction(25),
    duration_ms: int = 2000,
) -> SourceInfo:
    return SourceInfo(
        duration_ms=duration_ms,
        width=width,
        height=height,
        frame_rate=frame_rate,
        has_audio=has_audio,
        container_family=ContainerFamily.ISO_BASE_MEDIA,
        video_codec="AVC",
    )


def full_request(source: SourceInfo | None = None, attempt: int = 1) -> CreateJobRequestTypeDef:
    return full_job(target(attempt), source or source_info())


def preview_request(source: SourceInfo | None = None) -> CreateJobRequestTypeDef:
    return preview_job(target(), source or source_info())


def on_the_wire(request: CreateJobRequestTypeDef) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(wire_body(request))
    return body


def plan(source: SourceInfo | None = None) -> JobPlan:
    return plan_of(on_the_wire(full_request(source))["settings"])
