"""A secret that is made empty and filled by a function of ours, or by an operator."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.kept import removal_policy
from infra.stage import Stage

ROTATED_BY_US = (
    "A function of ours makes and rotates the value; Secrets Manager's rotation would need its "
    "four-step protocol around keys that have to overlap."
)


class EmptySecret(Construct):
    """A secret without a value: CDK's own class would generate a password nobody asked for."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: Stage,
        key: kms.IKey | None,
        description: str,
        not_rotated_because: str = ROTATED_BY_US,
    ) -> None:
        super().__init__(scope, id)
        secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            description=description,
            kms_key_id=key.key_arn if key else None,
        )
        secret.apply_removal_policy(removal_policy(stage))
        acknowledge(secret, not_rotated_because, "AwsSolutions-SMG4")
        # `Id` is the ARN, as is `Ref`; the local engine answers `Ref` with the name.
        self.arn = secret.attr_id
