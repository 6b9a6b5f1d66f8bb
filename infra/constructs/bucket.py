"""Buckets: private, encrypted, and clean of uploads that were never finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.kept import removal_policy
from infra.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObjects:
    """Objects below a prefix of a bucket, as other stacks name them.

    `bucket_arn` is an export with a name of ours: CDK's own would be known only at the end of
    the synthesis, too late to acknowledge a wildcard by it.
    """

    bucket_arn: str
    prefix: str


def private_bucket(
    scope: Construct,
    id: str,
    *,
    stage: Stage,
    logs: s3.Bucket | None,
    stale_upload_days: int,
    events: bool = False,
    cors: Sequence[s3.CorsRule] = (),
    expire_days: int | None = None,
    expire_prefixes: Mapping[str, int] | None = None,
) -> s3.Bucket:
    """A bucket that nobody reaches but by IAM.

    Multipart uploads are aborted `stale_upload_days` after they began: their parts cost money
    and show up in no listing. `logs` is where access is logged, under the bucket's `id`. With
    `events`, what happens to its objects is told on the default event bus. With `expire_days`,
    objects go that long after they came; `expire_prefixes` says it of those below a prefix.
    """
    bucket = s3.Bucket(
        scope,
        id,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=stage.enforce_ssl,
        minimum_tls_version=1.2 if stage.enforce_ssl else None,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        cors=list(cors) or None,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=f"s3/{id}/" if logs else None,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="abort-stale-uploads",
                abort_incomplete_multipart_upload_after=Duration.days(stale_upload_days),
                expiration=Duration.days(expire_days) if expire_days else None,
            ),
            *(
                s3.LifecycleRule(
                    id=f"expire-{prefix.strip('/')}", prefix=prefix, expiration=Duration.days(days)
                )
                for prefix, days in (expire_prefixes or {}).items()
            ),
        ],
        removal_policy=removal_policy(stage),
    )
    if events:
        # CDK's own `event_bridge_enabled` brings a function that may reconfigure any bucket.
        resource = cast(s3.CfnBucket, bucket.node.default_child)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
    return bucket


def stored_objects(bucket: s3.Bucket, stage: Stage, prefix: str) -> StoredObjects:
    """The objects of `bucket` below `prefix`, for the stacks after this one."""
    return StoredObjects(
        bucket_arn=Stack.of(bucket).export_value(
            bucket.bucket_arn, name=f"{stage.prefix}-{bucket.node.id.lower()}-arn"
        ),
        prefix=prefix,
    )
