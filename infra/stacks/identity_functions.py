"""The functions of identity: what each is told and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.constructs.function import FunctionSpec
from infra.constructs.grants import (
    READ_ITEMS,
    WRITE_ITEMS,
    Grant,
    only_add,
    publish_events,
    read_secret,
    use_bucket,
    use_objects,
    use_table,
    write_secret,
)
from infra.constructs.mail import MailSender
from infra.constructs.secret import EmptySecret
from infra.stacks.data import DataStack
from infra.stacks.media import MediaStack

QUICK_SECONDS = 30
PICTURE_SECONDS = 60
PICTURE_MEMORY_MB = 1769
"""One whole processor, and room for a picture of 40 megapixels."""

PEOPLE = ("USER#*", "EMAIL#*", "HANDLE#*", "SKELETON#*", "AUDIT#*")
"""Partitions that a change of an account writes: the account, its copies, and its audit entry."""

AUDIT = "AUDIT#*"

REVOCATIONS = "REVOCATION#*"
"""Tokens that sign-in providers are to be given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFunctions:
    """Specifications, from what the stacks before have made."""

    data: DataStack
    media: MediaStack
    mail: MailSender | None
    signing_keys: EmptySecret
    sealing_keys: EmptySecret
    oauth_clients: EmptySecret

    def rotate_keys(self) -> FunctionSpec:
        return self._spec(
            "every_day_rotate_signing_keys",
            [
                use_table(
                    self.data.tables["identity"],
                    [*READ_ITEMS, *WRITE_ITEMS],
                    partitions=["PUBLIC_KEYS"],
                ),
                *(
                    grant
                    for secret in (self.signing_keys, self.sealing_keys)
                    for grant in (read_secret(secret), write_secret(secret))
                ),
            ],
            {
                "SF_SIGNING_KEYS_SECRET": self.signing_keys.arn,
                "SF_SEALING_KEYS_SECRET": self.sealing_keys.arn,
            },
            timeout_seconds=60,
        )

    def stream(self) -> FunctionSpec:
        return self._spec("stream", [publish_events(self.data.bus)], timeout_seconds=60)

    def on_mail_requested(self) -> FunctionSpec:
        return self._spec(
            "on_mail_requested",
            [
                # Who it is for, and that it has gone.
                use_table(
                    self.data.tables["identity"],
                    ["GetItem", "BatchGetItem", "UpdateItem"],
                    partitions=["PENDING#*", "RESET#*", "USER#*", "EMAIL#*"],
                ),
                read_secret(self.sealing_keys),
                *([self.mail.send()] if self.mail else []),
            ],
            {
                "SF_SEALING_KEYS_SECRET": self.sealing_keys.arn,
                **(self.mail.settings if self.mail else {}),
            },
        )

    def on_picture_uploaded(self) -> FunctionSpec:
        return self._spec(
            "on_picture_uploaded",
            [
                *self._change_people(),
                use_objects(self.media.profile_pictures, "GetObject", "DeleteObject"),
                # An event that comes again finds its picture gone; without this, forbidden.
                use_bucket(self.media.profile_pictures, "ListBucket"),
                use_objects(self.media.shown_pictures, "PutObject", "DeleteObject"),
            ],
            {
                "SF_UPLOAD_BUCKET": self.media.uploads.bucket_name,
                "SF_MEDIA_BUCKET": self.media.media.bucket_name,
            },
            timeout_seconds=PICTURE_SECONDS,
            memory_mb=PICTURE_MEMORY_MB,
        )

    def on_picture_replaced(self) -> FunctionSpec:
        return self._spec(
            "on_picture_replaced",
            [
                use_table(self.data.tables["identity"], ["GetItem"], partitions=["USER#*"]),
                use_objects(self.media.shown_pictures, "DeleteObject"),
            ],
            {"SF_MEDIA_BUCKET": self.media.media.bucket_name},
        )

    def on_revocation_requested(self) -> FunctionSpec:
        """It opens a provider's token and proves to the provider who we are."""
        return self._spec(
            "on_revocation_requested",
            [
                use_table(
                    self.data.tables["identity"],
                    ["GetItem", "DeleteItem"],
                    partitions=[REVOCATIONS],
                ),
                read_secret(self.sealing_keys),
                read_secret(self.oauth_clients),
            ],
            {
                "SF_SEALING_KEYS_SECRET": self.sealing_keys.arn,
                "SF_OAUTH_CLIENTS_SECRET": self.oauth_clients.arn,
            },
        )

    def grant_role(self) -> FunctionSpec:
        """Called by an operator, who may do so by their own rights in AWS."""
        return self._spec("grant_role", self._change_people())

    def _spec(
        self,
        name: str,
        may: list[Grant],
        settings: Mapping[str, str] | None = None,
        *,
        timeout_seconds: int = QUICK_SECONDS,
        memory_mb: int = 512,
    ) -> FunctionSpec:
        return FunctionSpec(
            context="identity",
            name=name,
            settings={
                "SF_IDENTITY_TABLE": self.data.tables["identity"].table_name,
                **(settings or {}),
            },
            may=may,
            timeout_seconds=timeout_seconds,
            memory_mb=memory_mb,
        )

    def _change_people(self) -> list[Grant]:
        table = self.data.tables["identity"]
        return [
            use_table(
                table,
                ["GetItem", "PutItem", "UpdateItem", "ConditionCheckItem"],
                partitions=PEOPLE,
            ),
            only_add(table, AUDIT),
        ]
