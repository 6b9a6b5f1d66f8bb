"""Buckets: private, encrypted, and clean of uploads that were never finished."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.kept import removal_policy
from infra.stage import Stage


def private_bucket(
    scope: Construct,
    id: str,
    *,
    stage: Stage,
    logs: s3.Bucket | None,
    stale_upload_days: int,
    events: bool = False,
    cors: Sequence[s3.CorsRule] = (),
) -> s3.Bucket:
    """A bucket that nobody reaches but by IAM.

    Multipart uploads are aborted `stale_upload_days` after they began: their parts cost money
    and show up in no listing. `logs` is where access is logged, under the bucket's `id`.
    """
    return s3.Bucket(
        scope,
        id,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=stage.enforce_ssl,
        minimum_tls_version=1.2 if stage.enforce_ssl else None,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        event_bridge_enabled=events,
        cors=list(cors) or None,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=f"s3/{id}/" if logs else None,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="abort-stale-uploads",
                abort_incomplete_multipart_upload_after=Duration.days(stale_upload_days),
            )
        ],
        removal_policy=removal_policy(stage),
    )
