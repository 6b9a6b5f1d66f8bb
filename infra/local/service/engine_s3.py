"""The engine's S3, as the local services reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["engine_s3"]


def engine_s3(endpoint: str, region: str, access_key: str, secret_key: str) -> S3Client:
    """A client for many threads, without the SDK's default checksums: loopback loses nothing."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 4, "mode": "standard"},
            max_pool_connections=16,
        ),
    )
