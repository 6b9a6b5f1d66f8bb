"""Identity: the keys that sign and seal, who mail comes from, and what follows from accounts."""

from __future__ import annotations

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.function import Function, FunctionSpec
from infra.constructs.handlers import (
    BATCH,
    EventHandler,
    EventSource,
    ScheduledHandler,
    StreamHandler,
    begins_with,
)
from infra.constructs.mail import MailSender
from infra.constructs.secret import EmptySecret
from infra.constructs.stack import StageStack
from infra.stacks.data import DataStack
from infra.stacks.identity_functions import IdentityFunctions
from infra.stacks.media import MediaStack
from infra.stage import Stage

OAUTH_CLIENTS = "Our clients at other identity providers, by provider (JSON)."
"""The description of the secret, by which it is found where no stack is asked."""

BATCHES = {"MailRequested": 5, "PictureUploaded": 1, "RevocationRequested": 1}
"""Each letter is a call to SES, one after the other: ten slow ones would take too long. Pictures
are strangers' files: one that is made to draw slowly must not take its neighbours' time. Nor must
a sign-in provider that is slow to answer."""

TOLD = (begins_with("pk", "USER#", "PENDING#", "RESET#", "ERASURE#", "REVOCATION#"),)
"""Changes that somebody is told of: accounts, erasures, whoever waits for mail, and providers that
get a token back. Limits and tries, which are written at every request, are not among them."""


class IdentityStack(StageStack):
    """Keys are tended every day, and once at deployment: before that nobody could sign in."""

    def __init__(
        self, scope: Construct, *, stage: Stage, data: DataStack, media: MediaStack
    ) -> None:
        super().__init__(scope, "identity", stage=stage)
        self._data = data
        self._media = media
        self.signing_keys = self._secret(
            "SigningKeys", "The key ring that signs tokens (a private JWK set)."
        )
        self.sealing_keys = self._secret(
            "SealingKeys", "The keys that seal links, codes and secrets at rest (JSON)."
        )
        self.oauth_clients = EmptySecret(
            self,
            "OAuthClients",
            stage=stage,
            key=data.key,
            description=OAUTH_CLIENTS,
            not_rotated_because="An operator gets the values from the providers and changes them "
            "there.",
        )
        self.mail = MailSender(self, "Mail", stage=stage) if stage.mail_from else None
        functions = IdentityFunctions(
            data=data,
            media=media,
            mail=self.mail,
            signing_keys=self.signing_keys,
            sealing_keys=self.sealing_keys,
            oauth_clients=self.oauth_clients,
        )
        self.rotation = ScheduledHandler(
            self, "Rotation", stage=stage, every=Duration.days(1), spec=functions.rotate_keys()
        )
        self.event_handlers = self._handlers(functions)
        self.grants = Function(self, "GrantRole", stage=stage, spec=functions.grant_role())
        stream_arn = data.tables["identity"].table_stream_arn
        if stream_arn is None:
            raise ValueError("The identity table has no stream.")
        self.stream = StreamHandler(
            self,
            "Stream",
            stage=stage,
            stream_arn=stream_arn,
            spec=functions.stream(),
            keys=TOLD,
        )
        tended = CustomResource(
            self,
            "FirstKeys",
            resource_type="Custom::SigningKeys",
            service_token=self.rotation.function.function.function_arn,
            service_timeout=Duration.minutes(5),
            # Another secret is another request: who updates a stage does not wait a day for its
            # first key.
            properties={"Secrets": [self.signing_keys.arn, self.sealing_keys.arn]},
        )
        tended.node.add_dependency(self.rotation.function.role)
        self.publish(
            SigningKeysSecretArn=self.signing_keys.arn,
            SealingKeysSecretArn=self.sealing_keys.arn,
            OAuthClientsSecretArn=self.oauth_clients.arn,
            SigningKeyRotationFunction=self.rotation.function.name,
            GrantRoleFunction=self.grants.name,
        )

    def _handlers(self, functions: IdentityFunctions) -> list[EventHandler]:
        aws_events = events.EventBus.from_event_bus_name(self, "AwsEvents", "default")
        handlers: list[tuple[str, FunctionSpec, EventSource]] = [
            ("MailRequested", functions.on_mail_requested(), self._told("MailRequested.v1")),
            (
                "PictureUploaded",
                functions.on_picture_uploaded(),
                EventSource(
                    bus=aws_events,
                    source="aws.s3",
                    detail_types=["Object Created"],
                    detail={
                        "bucket": {"name": [self._media.uploads.bucket_name]},
                        "object": {"key": [{"prefix": self._media.profile_pictures.prefix}]},
                    },
                ),
            ),
            ("PictureReplaced", functions.on_picture_replaced(), self._told("PictureReplaced.v1")),
            (
                "RevocationRequested",
                functions.on_revocation_requested(),
                self._told("RevocationRequested.v1"),
            ),
        ]
        return [
            EventHandler(
                self,
                id,
                stage=self.stage_data,
                spec=spec,
                source=source,
                batch=BATCHES.get(id, BATCH),
                concurrency=self.stage_data.mail_concurrency if id == "MailRequested" else None,
            )
            for id, spec, source in handlers
        ]

    def _told(self, *names: str) -> EventSource:
        return EventSource(bus=self._data.bus, source="socialflow.identity", detail_types=names)

    def _secret(self, id: str, description: str) -> EmptySecret:
        return EmptySecret(
            self, id, stage=self.stage_data, key=self._data.key, description=description
        )
