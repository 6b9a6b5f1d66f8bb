"""What functions and services may do: the actions in use, on the things meant.

A wildcard needs a reason; one without is a finding of cdk-nag, which stops the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.constructs.acknowledge import acknowledge
from infra.constructs.bucket import StoredObjects
from infra.constructs.secret import EmptySecret

READ_ITEMS = ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")
WRITE_ITEMS = ("PutItem", "UpdateItem")
DELETE_ITEMS = ("DeleteItem",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One statement of a policy; `because` says why a `*` in a resource cannot be narrower."""

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    denied: bool = False
    """Whether this is forbidden, whatever else is granted."""


def allow(role: iam.Role, *grants: Grant) -> None:
    """Lets the role do what the grants say, and acknowledges their wildcards."""
    stack = Stack.of(role)
    for grant in grants:
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY if grant.denied else iam.Effect.ALLOW,
                actions=list(grant.actions),
                resources=list(grant.resources),
                conditions=grant.conditions or None,
            )
        )
        if grant.because:
            for resource in grant.resources:
                flat = _flat(stack.resolve(resource))
                acknowledge(role, grant.because, f"AwsSolutions-IAM5[Resource::{flat}]")


def use_table(
    table: dynamodb.TableV2,
    actions: Sequence[str],
    *,
    indexes: Sequence[str] = (),
    partitions: Sequence[str] = (),
) -> Grant:
    """`dynamodb:<action>` on the table and the named indexes.

    With `partitions` (patterns of partition keys) only items of those may be touched.
    """
    return Grant(
        actions=[f"dynamodb:{action}" for action in actions],
        resources=[table.table_arn, *(f"{table.table_arn}/index/{name}" for name in indexes)],
        conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}}
        if partitions
        else {},
    )


def only_add(table: dynamodb.TableV2, *partitions: str) -> Grant:
    """What is in these partitions is added to and read, never changed or taken away."""
    return Grant(
        actions=["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        resources=[table.table_arn],
        conditions={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": list(partitions)}},
        denied=True,
    )


def use_objects(objects: StoredObjects, *actions: str) -> Grant:
    """`s3:<action>` on the objects below the prefix."""
    return Grant(
        actions=[f"s3:{action}" for action in actions],
        resources=[f"{objects.bucket_arn}/{objects.prefix}*"],
        because="Each object has a key of its own below this prefix; none is known at deployment.",
    )


def use_made(service: str, kind: str, *actions: str) -> Grant:
    """`<service>:<action>` on every resource of a kind in this account and region, such as IVS's
    channels: they are made for each creator, at run time."""
    return Grant(
        actions=[f"{service}:{action}" for action in actions],
        resources=[f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{kind}/*"],
        because="Each creator has one, made at run time; none is known at deployment.",
    )


def send_messages(queue: sqs.IQueue) -> Grant:
    return Grant(actions=["sqs:SendMessage"], resources=[queue.queue_arn])


def use_bucket(objects: StoredObjects, *actions: str) -> Grant:
    """`s3:<action>` on the bucket itself."""
    return Grant(actions=[f"s3:{action}" for action in actions], resources=[objects.bucket_arn])


def read_secret(secret: EmptySecret) -> Grant:
    return Grant(actions=["secretsmanager:GetSecretValue"], resources=[secret.arn])


def write_secret(secret: EmptySecret) -> Grant:
    return Grant(actions=["secretsmanager:PutSecretValue"], resources=[secret.arn])


def publish_events(bus: events.IEventBus) -> Grant:
    return Grant(actions=["events:PutEvents"], resources=[bus.event_bus_arn])


def _flat(value: Any) -> str:
    """A resolved ARN as cdk-nag writes it: `Ref` in angle brackets, imports by their name."""
    if isinstance(value, str):
        return value
    match value:
        case {"Fn::Join": [str() as delimiter, [*parts]]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
    raise TypeError(f"{value!r} is no ARN that this project writes.")
