"""The bare ffmpeg call behind a job, for benches and for looking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.session
from botocore.serialize import create_serializer

from infra.local.mediaconvert.accepted import CREATE_JOB
from infra.local.mediaconvert.ffmpeg_command import SourceTraits, ffmpeg_argv
from infra.local.mediaconvert.plan import plan_of
from infra.local.mediaconvert.prober import probe_file
from infra.local.service.ffmpeg import find_ffmpeg

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

__all__ = ["argv_of_job", "wire_body"]

_PROBE_SECONDS = 30


def argv_of_job(job: CreateJobRequestTypeDef, source: Path) -> list[str]:
    """The exact argument vector the server would run for `create_job(**job)` on `source`.

    Run it in an empty directory. Raises `BadRequest` and `MediaUnreadable` as the server would.
    """
    body = json.loads(wire_body(job))
    CREATE_JOB.check(body, "")
    traits = SourceTraits(probe_file(source, _PROBE_SECONDS).frame_rate)
    return ffmpeg_argv(find_ffmpeg(), plan_of(body["settings"]), traits, source)


def wire_body(job: CreateJobRequestTypeDef) -> bytes:
    """CreateJob's body as boto3 would send it."""
    service = botocore.session.get_session().get_service_model("mediaconvert")
    operation = service.operation_model("CreateJob")
    body: bytes = create_serializer("rest-json").serialize_to_request(job, operation)["body"]
    return body
