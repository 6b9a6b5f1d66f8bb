"""What must outlive the code: each context's table, the event bus, the key that encrypts."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.kept import removal_policy
from infra.constructs.settings import bus_name
from infra.constructs.stack import StageStack
from infra.stage import Stage

INDEXES = {
    "identity": ("gsi1", "gsi2"),
    "videos": ("gsi1", "gsi2", "gsi3"),
    "live": ("gsi1", "gsi2", "gsi3"),
    "chat": ("gsi1", "gsi2"),
    "social": ("gsi1", "gsi2"),
}


class DataStack(StageStack):
    """One table for each context of `INDEXES`, with that many indexes."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "data", stage=stage)
        self.key = self._key() if stage.customer_key else None
        self.bus = events.EventBus(self, "Bus", event_bus_name=bus_name(stage))
        self.tables = {context: self._table(context) for context in INDEXES}
        self.publish(
            EventBusName=self.bus.event_bus_name,
            **{
                f"{context.capitalize()}TableName": table.table_name
                for context, table in self.tables.items()
            },
        )

    def _table(self, context: str) -> dynamodb.TableV2:
        stage = self.stage_data
        return dynamodb.TableV2(
            self,
            f"{context.capitalize()}Table",
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing=dynamodb.Billing.on_demand(),
            time_to_live_attribute="expires_at",
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self.key)
            if self.key
            else dynamodb.TableEncryptionV2.dynamo_owned_key(),
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=name,
                    partition_key=_text(f"{name}pk"),
                    sort_key=_text(f"{name}sk"),
                    projection_type=dynamodb.ProjectionType.ALL,
                )
                for name in INDEXES[context]
            ],
            deletion_protection=stage.retain_data,
            removal_policy=removal_policy(stage),
        )

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            alias=f"alias/{self.stage_data.prefix}",
            description="Encrypts Social Flow's tables, secrets and alarms.",
            enable_key_rotation=True,
            removal_policy=removal_policy(self.stage_data),
        )
        # As AWS's own keys do it: whoever may use the table or secret may use the key through
        # it, so no role needs key permissions of its own, and none may decrypt anything else.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ThroughTablesAndSecrets",
                principals=[iam.AnyPrincipal()],
                actions=[
                    "kms:CreateGrant",
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:CallerAccount": Aws.ACCOUNT_ID,
                        "kms:ViaService": [
                            f"{service}.{self.stage_data.region}.amazonaws.com"
                            for service in ("dynamodb", "secretsmanager")
                        ],
                    }
                },
            )
        )
        # An alarm may tell an encrypted topic.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsToTopic",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        return key


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
