"""Identity's signing keys: the secret, and the function that tends it."""

from __future__ import annotations

from aws_cdk import CustomResource, Duration
from constructs import Construct

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    READ_ITEMS,
    WRITE_ITEMS,
    publish_events,
    read_secret,
    use_table,
    write_secret,
)
from infra.constructs.handlers import ScheduledHandler, StreamHandler
from infra.constructs.secret import EmptySecret
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stage import Stage


class IdentityStack(StageStack):
    """Keys are tended every day, and once at deployment: before that nobody could sign in."""

    def __init__(self, scope: Construct, *, stage: Stage, data: DataStack) -> None:
        super().__init__(scope, "identity", stage=stage)
        table = data.tables["identity"]
        self.signing_keys = EmptySecret(
            self,
            "SigningKeys",
            stage=stage,
            key=data.key,
            description="The key ring that signs tokens (a private JWK set).",
        )
        self.rotation = ScheduledHandler(
            self,
            "Rotation",
            stage=stage,
            every=Duration.days(1),
            spec=FunctionSpec(
                context="identity",
                name="every_day_rotate_signing_keys",
                settings={
                    "SF_IDENTITY_TABLE": table.table_name,
                    "SF_SIGNING_KEYS_SECRET": self.signing_keys.arn,
                },
                may=[
                    use_table(table, [*READ_ITEMS, *WRITE_ITEMS], partitions=["PUBLIC_KEYS"]),
                    read_secret(self.signing_keys),
                    write_secret(self.signing_keys),
                ],
            ),
        )
        stream_arn = table.table_stream_arn
        if stream_arn is None:
            raise ValueError("The identity table has no stream.")
        self.stream = StreamHandler(
            self,
            "Stream",
            stage=stage,
            stream_arn=stream_arn,
            spec=FunctionSpec(
                context="identity",
                name="stream",
                settings={"SF_IDENTITY_TABLE": table.table_name},
                may=[publish_events(data.bus)],
            ),
        )
        tended = CustomResource(
            self,
            "FirstKeys",
            resource_type="Custom::SigningKeys",
            service_token=self.rotation.function.function.function_arn,
            service_timeout=Duration.minutes(5),
        )
        tended.node.add_dependency(self.rotation.function.role)
        self.publish(SigningKeysSecretArn=self.signing_keys.arn)
