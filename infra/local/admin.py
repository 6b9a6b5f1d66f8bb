"""Clients with administrator's rights on the engine, for deployment and tests only.

ministack takes the key `test` as the administrator under AUTH=true. Functions never hold it: they
get their own role's session.
"""

from collections.abc import Callable
from typing import Any

ADMIN_ACCESS_KEY = "test"
ADMIN_SECRET_KEY = "test"  # noqa: S105 - ministack's fixed key, valid on loopback only
REGION = "us-east-1"
ACCOUNT_ID = "000000000000"


def admin_client(service: str, engine_url: str) -> Any:
    """A boto3 client of `service` on the engine, signed by the administrator."""
    # Imported here: the supervisor needs the constants above and not 60 MB of clients.
    import boto3
    from botocore.config import Config

    make_client: Callable[..., Any] = boto3.client  # its overloads want a literal service name
    return make_client(
        service,
        endpoint_url=engine_url,
        region_name=REGION,
        aws_access_key_id=ADMIN_ACCESS_KEY,
        aws_secret_access_key=ADMIN_SECRET_KEY,
        config=Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
            retries={"max_attempts": 3, "mode": "standard"},
            connect_timeout=5,
            read_timeout=60,
        ),
    )
