"""What IVS writes beside a recording: when its first frame was.

`events/recording-ended.json` and its siblings ("Auto-record to Amazon S3", Amazon IVS User Guide).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from socialflow.live.facts import recording_place

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES: Final = 64 * 1024
_STATED: Final = {"Recording End": "ended", "Recording End Failure": "failed"}


class RecordingNotes:
    """Reads the notes of a recording in the recording bucket."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def is_ours(self, envelope: Mapping[str, Any]) -> bool:
        """Whether a recording lies in this stage's bucket."""
        return recording_place(envelope)[0] in (self._bucket, "")

    def started_at(self, envelope: Mapping[str, Any]) -> datetime | None:
        """When the first frame of a recording that has ended was recorded, to the second.

        None where the note is not there or says nothing.
        """
        from botocore.exceptions import ClientError

        stated = _STATED.get(envelope["detail"].get("recording_status"))
        _, prefix = recording_place(envelope)
        if stated is None or not prefix:
            return None
        try:
            found = self._client().get_object(
                Bucket=self._bucket, Key=f"{prefix}/events/recording-{stated}.json"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied", "404"):
                return None
            raise
        return _started_at(found["Body"].read(MAX_BYTES))


def _started_at(note: bytes) -> datetime | None:
    try:
        read = json.loads(note)
        return datetime.fromisoformat(read["recording_started_at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        return None
