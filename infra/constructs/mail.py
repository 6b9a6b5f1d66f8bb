"""Who mail comes from, and what becomes of mail that bounces.

The domain signs what it sends (Easy DKIM) and answers for its own bounces (a MAIL FROM domain, so
that SPF holds as well). SES is told to keep addresses that bounced or complained from being
written to again, and counts both where alarms can see it.
"""

from __future__ import annotations

from email.utils import parseaddr

from aws_cdk import Aws
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.constructs.grants import Grant
from infra.stage import Stage

BOUNCES = "bounces"
"""The label of the MAIL FROM domain before the stage's own."""


class MailSender(Construct):
    """SES's identity of the stage's mail domain with its configuration set."""

    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        domain = stage.mail_domain
        self._sender = stage.mail_from or ""
        self.configuration_set = ses.CfnConfigurationSet(
            self,
            "Configuration",
            name=configuration_set_name(stage),
            suppression_options=ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=["BOUNCE", "COMPLAINT"]
            ),
            reputation_options=ses.CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True
            ),
            sending_options=ses.CfnConfigurationSet.SendingOptionsProperty(sending_enabled=True),
            # Codes and links do not go over the wire in the clear.
            delivery_options=ses.CfnConfigurationSet.DeliveryOptionsProperty(tls_policy="REQUIRE"),
        )
        self.identity = ses.CfnEmailIdentity(
            self,
            "Identity",
            email_identity=domain,
            configuration_set_attributes=ses.CfnEmailIdentity.ConfigurationSetAttributesProperty(
                configuration_set_name=self.configuration_set.ref
            ),
            dkim_attributes=ses.CfnEmailIdentity.DkimAttributesProperty(signing_enabled=True),
            dkim_signing_attributes=ses.CfnEmailIdentity.DkimSigningAttributesProperty(
                next_signing_key_length="RSA_2048_BIT"
            ),
            mail_from_attributes=ses.CfnEmailIdentity.MailFromAttributesProperty(
                mail_from_domain=f"{BOUNCES}.{domain}",
                behavior_on_mx_failure="USE_DEFAULT_VALUE",
            ),
        )
        self._arns = [
            f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"
            for resource in (
                "identity/*",
                f"configuration-set/{configuration_set_name(stage)}",
            )
        ]

    @property
    def settings(self) -> dict[str, str]:
        """What a function that sends is told."""
        return {
            "SF_MAIL_FROM": self._sender,
            "SF_MAIL_CONFIGURATION_SET": self.configuration_set.ref,
        }

    def send(self) -> Grant:
        """Sending as this sender and nobody else.

        SES asks for an identity and for the configuration set. The identity is the domain; the
        address, where somebody verified that as well; and in the sandbox the verified address
        that the mail goes to. So what is narrow is the sender, not the identity.
        """
        return Grant(
            actions=["ses:SendEmail"],
            resources=self._arns,
            conditions={"StringEquals": {"ses:FromAddress": parseaddr(self._sender)[1]}},
            because="In the sandbox SES asks for the recipient's identity; the sender is one.",
        )


def configuration_set_name(stage: Stage) -> str:
    """Known before deployment: metrics are told apart by it."""
    return stage.prefix
