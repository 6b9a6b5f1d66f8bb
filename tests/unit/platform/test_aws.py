"""Clients ask the addresses that pages and policies know."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from socialflow.platform.aws import client, forget_clients

REGIONS = ("us-east-1", "us-west-2", "eu-central-1")


@pytest.fixture(autouse=True)
def of_the_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    forget_clients()
    yield
    forget_clients()


@pytest.mark.parametrize("region", REGIONS)
def test_uploads_go_to_the_host_that_pages_may_connect_to(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Content-Security-Policy names the bucket's regional host, in every region."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    url = client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": "sf-uploads", "Key": "a/b"}
    )
    assert url.startswith(f"https://sf-uploads.s3.{region}.amazonaws.com/a/b?")


def test_an_endpoint_of_ones_own_keeps_its_one_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGIONS[0])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    url = client("s3").generate_presigned_url(
        "put_object", Params={"Bucket": "sf-uploads", "Key": "a"}
    )
    assert url.startswith("http://localhost:4566/sf-uploads/a?")


def test_a_client_brings_no_cryptography_along() -> None:
    """pyOpenSSL is installed, and botocore would import it with every function's first client."""
    asked = (
        "import sys\n"
        "from socialflow.platform.aws import client\n"
        "client('dynamodb')\n"
        "print([name for name in ('OpenSSL', 'cryptography') if name in sys.modules])\n"
    )
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": REGIONS[0],
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    told = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
