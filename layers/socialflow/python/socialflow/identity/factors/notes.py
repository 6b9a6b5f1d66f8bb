"""What a change of somebody's factors leaves behind in its own transaction: audit and mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from socialflow.identity.factors.codes import SpentCode
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import Write
from socialflow.platform.ids import IdFactory


class FactorNotes:
    """Makes the writes for a transaction's `more`."""

    def __init__(self, *, clock: Clock, new_id: IdFactory) -> None:
        self._clock = clock
        self._new_id = new_id

    def changed(
        self,
        user: User,
        act: str,
        what: str,
        *,
        actor: Actor,
        before: Mapping[str, object] = {},
        after: Mapping[str, object] = {},
    ) -> Sequence[Write]:
        """An entry in the audit log, and a mail whose sentence is `what`."""
        told = notice(user, Notice.FACTOR_CHANGED, {"what": what}, id=self._new_id(MAIL_ID_PREFIX))
        return self._entry(user, act, actor, before, after), told

    def code_used(self, user: User, spent: SpentCode, *, actor: Actor) -> Sequence[Write]:
        """As `changed` for a recovery code that is used; nothing for codes of the app."""
        if spent.left is None:
            return ()
        left = f"{spent.left} of your recovery codes {'is' if spent.left == 1 else 'are'} left."
        return self.changed(
            user,
            "recovery_code.used",
            f"A recovery code was used instead of your authenticator app. {left}",
            actor=actor,
            after={"left": spent.left},
        )

    def cloned(self, user: User, name: str, *, actor: Actor) -> Sequence[Write]:
        """An entry in the audit log, and the mail about a passkey of that name."""
        told = notice(
            user, Notice.PASSKEY_CLONED, {"passkey": name}, id=self._new_id(MAIL_ID_PREFIX)
        )
        return self._entry(user, "passkey.cloned", actor, {}, {"name": name}), told

    def _entry(
        self,
        user: User,
        act: str,
        actor: Actor,
        before: Mapping[str, object],
        after: Mapping[str, object],
    ) -> Write:
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=act,
            actor=actor,
            target=user.id,
            before=before,
            after=after,
        )
        return audit_write(entry)
