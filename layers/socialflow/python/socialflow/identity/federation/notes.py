"""What linking and unlinking leave behind in their own transaction: audit, mail, revocation."""

from __future__ import annotations

from socialflow.identity.federation.models import LinkedIdentity, ProviderIdentity
from socialflow.identity.federation.providers import PROVIDERS
from socialflow.identity.federation.revocations import REVOCATION_ID_PREFIX, revocation_writes
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import Write
from socialflow.platform.ids import IdFactory

MAX_LABEL_CHARACTERS = 100


class FederationNotes:
    """Makes the writes for a transaction's `more`."""

    def __init__(self, *, clock: Clock, new_id: IdFactory) -> None:
        self._clock = clock
        self._new_id = new_id

    def linked(self, user: User, provider: str, *, actor: Actor) -> list[Write]:
        """The account's owner linked a provider."""
        return self._changed(user, provider, "linked to", actor=actor, act="identity.linked")

    def unlinked(self, user: User, linked: LinkedIdentity, *, actor: Actor) -> list[Write]:
        """The account's owner took a provider away."""
        return [
            *self._changed(
                user, linked.provider, "unlinked from", actor=actor, act="identity.unlinked"
            ),
            *revocation_writes(linked, id=self._new_id(REVOCATION_ID_PREFIX)),
        ]

    def _changed(
        self, user: User, provider: str, how: str, *, actor: Actor, act: str
    ) -> list[Write]:
        what = f"{PROVIDERS[provider].name} was {how} your account."
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=act,
            actor=actor,
            target=user.id,
            after={"provider": provider} if act == "identity.linked" else {},
            before={} if act == "identity.linked" else {"provider": provider},
        )
        mail_id = self._new_id(MAIL_ID_PREFIX)
        return [
            audit_write(entry),
            notice(user, Notice.PROVIDER_CHANGED, {"what": what}, id=mail_id),
        ]


def identity_label(identity: ProviderIdentity) -> str:
    """What a person knows an identity by: address, name there, or name."""
    at_name = f"@{identity.username}" if identity.username else None
    label = identity.email or at_name or identity.name or PROVIDERS[identity.provider].name
    return label[:MAX_LABEL_CHARACTERS]
