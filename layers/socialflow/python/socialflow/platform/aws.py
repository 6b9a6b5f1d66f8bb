"""AWS clients: one per service and process, made on first use.

They come from botocore's session, which boto3 itself delegates to: `import boto3` pulls in
s3transfer, some 180 ms of every cold start, for file transfers that no function makes.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_ivs import IVSClient
    from mypy_boto3_ivschat import IvschatClient
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 20
MAX_ATTEMPTS = 3


@functools.cache
def _session() -> Session:
    from botocore.session import get_session

    return get_session()


@overload
def client(service: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"]) -> S3Client: ...
@overload
def client(service: Literal["events"]) -> EventBridgeClient: ...
@overload
def client(service: Literal["mediaconvert"]) -> MediaConvertClient: ...
@overload
def client(service: Literal["secretsmanager"]) -> SecretsManagerClient: ...
@overload
def client(service: Literal["cloudfront"]) -> CloudFrontClient: ...
@overload
def client(service: Literal["cloudwatch"]) -> CloudWatchClient: ...
@overload
def client(service: Literal["ivs"]) -> IVSClient: ...
@overload
def client(service: Literal["ivschat"]) -> IvschatClient: ...
@overload
def client(service: Literal["sesv2"]) -> SESV2Client: ...
@overload
def client(service: Literal["sqs"]) -> SQSClient: ...
def client(service: str) -> Any:
    """The process's client of a service, with bounded time-outs and retries."""
    return _client(service)


@functools.cache
def _client(service: str) -> Any:
    # botocore looks for urllib3's pyOpenSSL only to undo what it does. Where pyOpenSSL is installed
    # (webauthn wants it), looking costs 30 ms of cryptography; None makes it an ImportError, which
    # botocore expects.
    sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]

    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": MAX_ATTEMPTS, "mode": "standard"},
        # As many as copy a replay at the same time.
        max_pool_connections=64,
        # Presigned URLs of the older signature are not bound to headers or to a region.
        signature_version="s3v4" if service == "s3" else None,
        s3=_s3_hosts() if service == "s3" else None,
    )
    return _session().create_client(service, config=config)


def _s3_hosts() -> Any:
    """A bucket's regional host, which is the one that pages may connect to.

    Left to itself botocore signs for `<bucket>.s3.amazonaws.com` whatever the region is, and S3
    redirects young buckets of other regions from there. Endpoints of one's own have one host.
    """
    its_own = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))
    style = "auto" if its_own else "virtual"
    return {"us_east_1_regional_endpoint": "regional", "addressing_style": style}


def forget_clients() -> None:
    """Drops every client, so that the next use reads the environment again (for tests)."""
    _client.cache_clear()
    _session.cache_clear()
