"""The engine's S3 as an `ObjectStore`, with the server's own keys.

AWS reads and writes as the job's role. The engine's STS lends a role only to those its trust
policy names, which is the service itself; so the role is stated in the job but not worn.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.mediaconvert.objects import ObjectInfo, ObjectMissing, StorageFailed
from infra.local.mediaconvert.plan import S3Location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["S3Objects"]

_CHUNK_BYTES = 4 * 1024**2
_MISSING = {"404", "NoSuchKey", "NoSuchBucket", "NotFound"}
_DENIED = {"403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class S3Objects:
    """See `ObjectStore`."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def describe(self, location: S3Location) -> ObjectInfo:
        try:
            head = self._client.head_object(Bucket=location.bucket, Key=location.key)
        except (ClientError, BotoCoreError) as failed:
            raise _translated(failed, location) from failed
        return _info(head)

    def download(self, location: S3Location, path: Path) -> ObjectInfo:
        try:
            got = self._client.get_object(Bucket=location.bucket, Key=location.key)
            with path.open("wb") as file:
                shutil.copyfileobj(got["Body"], file, _CHUNK_BYTES)
        except (ClientError, BotoCoreError) as failed:
            raise _translated(failed, location) from failed
        return _info(got)

    def upload(self, location: S3Location, body: bytes, content_type: str) -> None:
        try:
            self._client.put_object(
                Bucket=location.bucket, Key=location.key, Body=body, ContentType=content_type
            )
        except (ClientError, BotoCoreError) as failed:
            raise _translated(failed, location) from failed


def _info(answer: Any) -> ObjectInfo:
    return ObjectInfo(
        size_bytes=answer["ContentLength"],
        etag=answer["ETag"].strip('"'),
        content_type=answer.get("ContentType", "binary/octet-stream"),
        modified_at=answer["LastModified"].timestamp(),
    )


def _translated(failed: ClientError | BotoCoreError, location: S3Location) -> Exception:
    code = failed.response["Error"]["Code"] if isinstance(failed, ClientError) else ""
    if code in _MISSING:
        return ObjectMissing(f"{location} does not exist")
    return StorageFailed(f"{location}: {failed}", denied=code in _DENIED)
