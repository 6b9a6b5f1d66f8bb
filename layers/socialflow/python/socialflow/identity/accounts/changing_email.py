"""Another e-mail address for an account: it counts once its owner typed the code sent to it.

client ── address (recently proven who they are) ──▶ EMAIL_CHANGE item, 202
             └─ stream ─▶ mail handler: a code, or "you have an account" to whoever has it
client ── code ──▶ the login moves, every other session is over, the old address is told
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from socialflow.identity import keys
from socialflow.identity.accounts.limits import EMAIL_CHANGE_TRIES, AccountLimits
from socialflow.identity.accounts.pending import (
    EMAIL_CHANGE_ID_PREFIX,
    EMAIL_CHANGE_LASTS,
    EMAIL_CHANGE_SEAL,
    EmailChange,
)
from socialflow.identity.accounts.repository import PendingRepository
from socialflow.identity.errors import (
    CodeWrong,
    EmailChangeOver,
    EmailTaken,
    EmailUnchanged,
    SessionEnded,
    UserChanged,
)
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User, mailable_email
from socialflow.identity.records import Login, login_item
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal
from socialflow.platform.rate_limits import TriesSpent

ACT: Final = "email.changed"


class EmailChanges:
    """The use case's two steps."""

    def __init__(
        self,
        pending: PendingRepository,
        repository: IdentityRepository,
        *,
        sealer: Sealer,
        limits: AccountLimits,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._pending = pending
        self._repository = repository
        self._sealer = sealer
        self._limits = limits
        self._clock = clock
        self._new_id = new_id

    def begin(self, principal: Principal, email: str, *, network: str) -> EmailChange:
        """Keeps the wish and has a code sent to the address; whose it is, is not looked up.

        Raises `EmailInvalid`, `EmailUnchanged`, or `RateLimited`.
        """
        address = mailable_email(email)
        if self._user(principal).email == address:
            raise EmailUnchanged("This is the account's address already.")
        self._limits.count_mail(address, network)
        now = self._clock()
        return self._pending.begin_email_change(
            EmailChange(
                id=self._new_id(EMAIL_CHANGE_ID_PREFIX),
                user_id=principal.user_id,
                email=address,
                created_at=now,
                expires_at=now + EMAIL_CHANGE_LASTS,
            )
        )

    def verify(self, principal: Principal, code: str, *, network: str, request_id: str) -> User:
        """Moves the account to the new address, in one transaction; again is fine.

        Every call is a try at the code, of five. Raises `EmailChangeOver`, `CodeWrong`, or
        `EmailTaken` where another account got the address in between.
        """
        change = self._pending.email_change(principal.user_id)
        if change is None or change.expires_at <= self._clock():
            raise EmailChangeOver
        try:
            self._limits.count_try(EMAIL_CHANGE_TRIES, change.id)
        except TriesSpent as error:
            raise EmailChangeOver from error
        if not self._sealer.matches_code(EMAIL_CHANGE_SEAL, change.id, code):
            raise CodeWrong
        user = self._user(principal)
        if change.done and user.email == change.email:
            return user
        if change.done:
            raise EmailChangeOver
        actor = Actor(id=user.id, request_id=request_id, address=network)
        return self._move(user, change, principal, actor)

    def _move(self, user: User, change: EmailChange, principal: Principal, actor: Actor) -> User:
        former = self._repository.login(user.email) if user.email else None
        if user.email and (former is None or former.user.version != user.version):
            raise UserChanged
        moved = replace(user.without_sessions(keep=principal.session_id), email=change.email)
        more = [
            self._pending.finish_email_change(change),
            _new_login(moved, former),
            *([_end_login(former)] if former else []),
            *self._told(user, moved, actor),
        ]
        try:
            return self._repository.save_user(user, moved, more=more)
        except TransactionRefused as refused:
            if 1 in refused.failed:
                raise EmailTaken("Another account has this address.") from refused
            if 0 in refused.failed:
                raise EmailChangeOver from refused
            raise UserChanged from refused

    def _told(self, before: User, after: User, actor: Actor) -> list[Write]:
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=ACT,
            actor=actor,
            target=after.id,
            before={"email": before.email},
            after={"email": after.email},
        )
        writes = [audit_write(entry)]
        if before.email:
            details = {"new": after.email or ""}
            id = self._new_id(MAIL_ID_PREFIX)
            told = notice(after, Notice.EMAIL_CHANGED, details, id=id, to=before.email)
            writes.append(told)
        return writes

    def _user(self, principal: Principal) -> User:
        user = self._repository.user(principal.user_id, consistent=True)
        if user is None:
            raise SessionEnded
        return user


def _new_login(user: User, former: Login | None) -> Write:
    """The login under the new address, as `save_user` will number the account."""
    login = Login(
        user=replace(user, version=user.version + 1),
        password_hash=former.password_hash if former else None,
    )
    return Write(put=login_item(login), condition="attribute_not_exists(pk)")


def _end_login(former: Login) -> Write:
    """The end of the login under the old address, if its password is still the one we move."""
    condition, values = "attribute_not_exists(#password_hash)", {}
    if former.password_hash is not None:
        condition, values = "#password_hash = :hash", {"hash": former.password_hash}
    return Write(
        key=keys.login_key(former.user.email or ""),
        delete=True,
        condition=condition,
        values=values,
    )
