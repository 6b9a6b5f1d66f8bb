"""Small files by presigned PUT: what is signed, and what is read of what came."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from socialflow.platform.aws import client
from socialflow.platform.uploads import (
    URL_SECONDS,
    UploadsUnavailable,
    bounded_read,
    signed_upload,
)
from tests.unit.buckets import make_buckets

BUCKET = "uploads"


@pytest.fixture
def bucket(aws: None) -> str:
    make_buckets(BUCKET)
    return BUCKET


def read(key: str, max_bytes: int = 10) -> bytes | None:
    return bounded_read(client("s3"), bucket=BUCKET, key=key, max_bytes=max_bytes)


class TestSigning:
    def test_binds_type_and_length(self, aws: None) -> None:
        signed = signed_upload(
            client("s3"), bucket=BUCKET, key="a/b", content_type="image/png", size_bytes=7
        )
        query = parse_qs(urlsplit(signed.url).query)
        assert {"content-length", "content-type", "host"} == set(
            query["X-Amz-SignedHeaders"][0].split(";")
        )
        assert query["X-Amz-Expires"] == [str(URL_SECONDS)]
        assert signed.headers == {"Content-Type": "image/png"}


class TestReading:
    def test_what_is_there_and_not_too_large(self, bucket: str) -> None:
        client("s3").put_object(Bucket=bucket, Key="small", Body=b"0123456789")
        client("s3").put_object(Bucket=bucket, Key="large", Body=b"0123456789a")
        assert read("small") == b"0123456789"
        assert read("large") is None
        assert read("nothing") is None

    @pytest.mark.parametrize("code", ["SlowDown", "AccessDenied", "InternalError"])
    def test_says_when_s3_does_not_answer(self, aws: None, code: str) -> None:
        with Stubber(client("s3")) as stubbed:
            stubbed.add_client_error("get_object", code)
            with pytest.raises(UploadsUnavailable) as refused:
                read("small")
        assert isinstance(refused.value.__cause__, ClientError)
