"""A secret that is made empty and filled by a function of ours."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.kept import removal_policy
from infra.stage import Stage


class EmptySecret(Construct):
    """A secret without a value: CDK's own class would generate a password nobody asked for."""

    def __init__(
        self, scope: Construct, id: str, *, stage: Stage, key: kms.IKey | None, description: str
    ) -> None:
        super().__init__(scope, id)
        secret = secretsmanager.CfnSecret(
            self,
            "Secret",
            description=description,
            kms_key_id=key.key_arn if key else None,
        )
        secret.apply_removal_policy(removal_policy(stage))
        acknowledge(
            secret,
            "A function of ours makes and rotates the value; Secrets Manager's rotation would "
            "need its four-step protocol around keys that have to overlap.",
            "AwsSolutions-SMG4",
        )
        # `Id` is the ARN, as is `Ref`; the local engine answers `Ref` with the name.
        self.arn = secret.attr_id
