"""Buckets in moto's S3."""

from __future__ import annotations

from socialflow.platform.aws import client


def make_buckets(*names: str) -> None:
    """Empty ones, in the region of the tests."""
    for name in names:
        client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )


def keys_in(bucket: str) -> list[str]:
    """Up to a page of them."""
    answer = client("s3").list_objects_v2(Bucket=bucket)
    return [found["Key"] for found in answer.get("Contents", [])]
