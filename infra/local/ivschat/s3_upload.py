"""Puts the message log's objects into the engine's S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.ivschat.message_log import UploadFailed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["S3Upload"]


class S3Upload:
    def __init__(self, client: S3Client) -> None:
        self._client = client

    def __call__(self, bucket: str, key: str, body: bytes) -> None:
        try:
            self._client.put_object(
                Bucket=bucket, Key=key, Body=body, ContentType="application/x-gzip"
            )
        except (BotoCoreError, ClientError) as failed:
            raise UploadFailed(f"s3://{bucket}/{key}: {failed}") from failed

    def close(self) -> None:
        self._client.close()
