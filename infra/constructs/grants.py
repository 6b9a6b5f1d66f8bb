"""Policy statements by what they let a function do: the actions in use, on the things meant."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra.constructs.secret import EmptySecret

READ_ITEMS = ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")
WRITE_ITEMS = ("PutItem", "UpdateItem")
DELETE_ITEMS = ("DeleteItem",)


def use_table(
    table: dynamodb.TableV2,
    actions: Sequence[str],
    *,
    indexes: Sequence[str] = (),
    partitions: Sequence[str] = (),
) -> iam.PolicyStatement:
    """`dynamodb:<action>` on the table and the named indexes.

    With `partitions` (patterns of partition keys) only items of those may be touched.
    """
    return iam.PolicyStatement(
        actions=[f"dynamodb:{action}" for action in actions],
        resources=[table.table_arn, *(f"{table.table_arn}/index/{name}" for name in indexes)],
        conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}}
        if partitions
        else None,
    )


def use_objects(bucket: s3.IBucket, prefix: str, actions: Sequence[str]) -> iam.PolicyStatement:
    """`s3:<action>` on the objects whose key begins with `prefix`."""
    return iam.PolicyStatement(
        actions=[f"s3:{action}" for action in actions],
        resources=[bucket.arn_for_objects(f"{prefix}*")],
    )


def use_bucket(bucket: s3.IBucket, actions: Sequence[str]) -> iam.PolicyStatement:
    """`s3:<action>` on the bucket itself."""
    return iam.PolicyStatement(
        actions=[f"s3:{action}" for action in actions], resources=[bucket.bucket_arn]
    )


def read_secret(secret: EmptySecret) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[secret.arn])


def write_secret(secret: EmptySecret) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["secretsmanager:PutSecretValue"], resources=[secret.arn])


def publish_events(bus: events.IEventBus) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])
