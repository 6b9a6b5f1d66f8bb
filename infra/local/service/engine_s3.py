"""The engine's S3, as the local services reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config as ClientConfig

from infra.local.service.config import ServiceConfig

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["engine_s3"]


def engine_s3(config: ServiceConfig) -> S3Client:
    """A client for many threads, without the SDK's default checksums: loopback loses nothing."""
    return boto3.client(
        "s3",
        endpoint_url=config.engine_url,
        region_name=config.region,
        aws_access_key_id=config.access_key,
        aws_secret_access_key=config.secret_key,
        config=ClientConfig(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 4, "mode": "standard"},
            max_pool_connections=16,
        ),
    )
