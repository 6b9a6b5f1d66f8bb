"""Objects that a recording writes, behind one small port."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["CONTENT_TYPES", "Objects", "S3Objects", "StorageFailed"]

CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}


class StorageFailed(Exception):
    """The store refused or could not be reached; `refused` when trying again is of no use."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class Objects(Protocol):
    """Safe to use from several threads."""

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Raises `StorageFailed`."""


class S3Objects:
    """The engine's S3, with the server's own keys, as AWS writes with IVS's own."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """See `Objects`."""
        kind = CONTENT_TYPES[PurePosixPath(key).suffix]
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind)
        except ClientError as failed:
            refused = failed.response["ResponseMetadata"]["HTTPStatusCode"] < 500
            raise StorageFailed(f"{bucket}/{key}: {failed}", refused=refused) from failed
        except BotoCoreError as failed:
            raise StorageFailed(f"{bucket}/{key}: {failed}") from failed
