"""A password that was forgotten, and one that is changed.

    client ── forgot ──▶ RESET item, 202: the address is not looked up
                            └─ stream ─▶ mail handler: a link, where there is an account
    client ── reset: token of the link + password ──▶ new password, every session over

A link works once, for an hour, and the newest alone. A second factor stays asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from socialflow.identity.accounts.limits import AccountLimits
from socialflow.identity.accounts.passwords import NewPasswords
from socialflow.identity.accounts.pending import (
    RESET_ID_PREFIX,
    RESET_LASTS,
    RESET_SEAL,
    Reset,
    ref_of,
)
from socialflow.identity.accounts.repository import PendingRepository
from socialflow.identity.errors import EmailMissing, PasswordWrong, ResetOver
from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User, mailable_email
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.records import Login
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sessions.sessions import Device
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal, SessionId

ACT: Final = "password.changed"


class PasswordChanges:
    """Use cases of setting another password."""

    def __init__(
        self,
        pending: PendingRepository,
        repository: IdentityRepository,
        *,
        sealer: Sealer,
        passwords: Passwords,
        new_passwords: NewPasswords,
        limits: AccountLimits,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._pending = pending
        self._repository = repository
        self._sealer = sealer
        self._passwords = passwords
        self._new_passwords = new_passwords
        self._limits = limits
        self._clock = clock
        self._new_id = new_id

    def forgot(self, email: str, *, network: str) -> None:
        """Has a link sent to the address, if an account has it; the caller is told nothing.

        Raises `EmailInvalid`, or `RateLimited` where the address is sent too many mails.
        """
        address = mailable_email(email)
        self._limits.count_mail(address, network)
        now = self._clock()
        self._pending.begin_reset(
            Reset(
                ref=ref_of(address),
                id=self._new_id(RESET_ID_PREFIX),
                email=address,
                created_at=now,
                expires_at=now + RESET_LASTS,
            )
        )

    def reset(self, token: str, password: str, *, device: Device, request_id: str) -> None:
        """Sets the password of the account that the link was sent to, and ends every session.

        Again with the same password is fine. Raises `ResetOver`, or a `PasswordInvalid`.
        """
        reset = self._opened(token)
        login = self._repository.login(reset.email)
        if login is None:
            raise ResetOver
        if reset.used:
            # The answer may have been lost; whoever knows the password it set learns nothing.
            if self._passwords.matches(password, login.password_hash):
                return
            raise ResetOver
        more = [self._pending.use_reset(reset), *self._limits.open_again(reset.email, device)]
        actor = Actor(id=login.user.id, request_id=request_id, address=device.address)
        try:
            self._set(login, password, actor, device, how="reset", kept=None, more=more)
        except TransactionRefused as refused:
            raise ResetOver from refused

    def change(
        self,
        principal: Principal,
        *,
        new: str,
        current: str | None,
        device: Device,
        request_id: str,
    ) -> None:
        """Sets the caller's password and ends every session but this one; again is fine.

        Raises `PasswordWrong` where `current` is given and is not the password, `EmailMissing`
        where the account has no address to sign in with, or a `PasswordInvalid`.
        """
        user = self._repository.user(principal.user_id, consistent=True)
        login = self._repository.login(user.email) if user and user.email else None
        if user is None or login is None:
            raise EmailMissing
        if self._passwords.matches(new, login.password_hash):
            return
        if current is not None and not self._passwords.matches(current, login.password_hash):
            raise PasswordWrong
        actor = Actor(id=user.id, request_id=request_id, address=device.address)
        self._set(login, new, actor, device, how="changed", kept=principal.session_id, more=[])

    def _set(
        self,
        login: Login,
        password: str,
        actor: Actor,
        device: Device,
        *,
        how: str,
        kept: SessionId | None,
        more: list[Write],
    ) -> None:
        user = login.user
        hashed = self._new_passwords.hash(
            password, email=user.email, handle=user.handle, display_name=user.display_name
        )
        changed = replace(user.without_sessions(keep=kept), has_password=True)
        details = {"how": how, "device": device.name, "address": device.address}
        self._repository.save_user(
            user,
            changed,
            password_hash=hashed,
            more=[*more, *self._told(changed, actor, details)],
        )

    def _told(self, user: User, actor: Actor, details: dict[str, str]) -> list[Write]:
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=ACT,
            actor=actor,
            target=user.id,
            after={"how": details["how"]},
        )
        id = self._new_id(MAIL_ID_PREFIX)
        return [audit_write(entry), notice(user, Notice.PASSWORD_CHANGED, details, id=id)]

    def _opened(self, token: str) -> Reset:
        try:
            id, _, ref = self._sealer.open_token(RESET_SEAL, token).partition(":")
        except SealBroken as error:
            raise ResetOver from error
        reset = self._pending.reset(ref)
        if reset is None or reset.id != id or reset.expires_at <= self._clock():
            raise ResetOver
        return reset
