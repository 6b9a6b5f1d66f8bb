"""Setting up an authenticator app, and taking it away again.

    begin ──▶ a secret is shown ──▶ confirm with its first code ──▶ on, with ten recovery codes
                    └── another begin replaces it; after a quarter of an hour it is gone

A secret that no code was ever shown for protects nothing: so the second factor is on only once
the app has proven that it has the secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.errors import AccessTokenInvalid
from socialflow.identity.factors import recovery_codes, totp
from socialflow.identity.factors.codes import TOTP_PURPOSE
from socialflow.identity.factors.errors import (
    CodeRefused,
    TotpEnabled,
    TotpNotEnabled,
    TotpSetupOver,
)
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.records import (
    NEW,
    App,
    AppSetup,
    RecoveryCodes,
    app_item,
    app_key,
    recovery_item,
    recovery_key,
    setup_key,
    slots_of,
)
from socialflow.identity.factors.repository import FactorRepository, Standing
from socialflow.identity.models import User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.staff.audit import Actor
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.principal import Principal, UserId

SETUP_LASTS: Final = timedelta(minutes=15)
LOST_ANSWER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSecret:
    """What an app is given, to scan or to type."""

    secret: str
    otpauth_uri: str
    qr_svg: str
    expires_at: datetime


class AuthenticatorApp:
    """Use cases of the signed-in owner of an account."""

    def __init__(
        self,
        repository: IdentityRepository,
        factors: FactorRepository,
        *,
        sealer: Sealer,
        notes: FactorNotes,
        clock: Clock,
        new_secret: totp.SecretFactory = totp.new_secret,
        new_codes: recovery_codes.CodeFactory = recovery_codes.new_codes,
    ) -> None:
        self._repository = repository
        self._factors = factors
        self._sealer = sealer
        self._notes = notes
        self._clock = clock
        self._new_secret = new_secret
        self._new_codes = new_codes

    def begin(self, principal: Principal) -> ShownSecret:
        """A new secret for an app; raises `TotpEnabled`. One read and one write."""
        user, _ = self._standing(principal)
        if user.second_factor:
            raise TotpEnabled
        secret = self._new_secret()
        setup = AppSetup(
            user_id=user.id,
            sealed_secret=self._sealer.encrypt(TOTP_PURPOSE, user.id, secret),
            expires_at=self._clock() + SETUP_LASTS,
        )
        self._factors.begin_setup(setup)
        uri = totp.otpauth_uri(secret, user.handle)
        return ShownSecret(
            secret=totp.shown_secret(secret),
            otpauth_uri=uri,
            qr_svg=totp.qr_svg(uri),
            expires_at=setup.expires_at,
        )

    def confirm(self, principal: Principal, code: str, *, actor: Actor) -> tuple[str, ...]:
        """Turns the second factor on and returns the recovery codes, this once.

        Raises `TotpEnabled`, `TotpSetupOver`, `CodeRefused` or `UserChanged`. The code counts as
        used: the next sign-in takes a later one.
        """
        user, standing = self._standing(principal)
        if user.second_factor:
            raise TotpEnabled
        setup, now = standing.setup, self._clock()
        if setup is None or now >= setup.expires_at:
            raise TotpSetupOver
        secret = self._sealer.decrypt(TOTP_PURPOSE, user.id, setup.sealed_secret)
        typed = totp.normal_code(code)
        step = totp.accepted_step(secret, typed, now=now, after=None) if typed else None
        if step is None:
            raise CodeRefused
        app = App(
            user_id=user.id, sealed_secret=setup.sealed_secret, confirmed_at=now, last_step=step
        )
        codes = self._new_codes()
        writes = [
            Write(put=app_item(app), condition=NEW),
            Write(
                key=setup_key(user.id),
                delete=True,
                condition="#sealed_secret = :sealed_secret",
                values={"sealed_secret": setup.sealed_secret},
            ),
            Write(put=recovery_item(self._kept(user.id, codes))),
            *self._notes.changed(
                user, "totp.enabled", "Two-step sign-in was switched on.", actor=actor
            ),
        ]
        try:
            self._repository.save_user(user, replace(user, second_factor=True), more=writes)
        except TransactionRefused as refused:
            raise TotpSetupOver from refused
        return codes

    def remove(self, principal: Principal, *, actor: Actor) -> None:
        """Turns the second factor off; raises `TotpNotEnabled` or `UserChanged`."""
        user, _ = self._standing(principal)
        if not user.second_factor:
            raise TotpNotEnabled
        writes = [
            Write(key=app_key(user.id), delete=True),
            Write(key=recovery_key(user.id), delete=True),
            *self._notes.changed(
                user, "totp.disabled", "Two-step sign-in was switched off.", actor=actor
            ),
        ]
        self._repository.save_user(user, replace(user, second_factor=False), more=writes)

    def renew_codes(self, principal: Principal, *, actor: Actor) -> tuple[str, ...]:
        """Ten new recovery codes, this once; the former are worthless. Raises `TotpNotEnabled`.

        Again within a minute, by a client that lost the answer, is told to nobody again.
        """
        user, standing = self._standing(principal)
        if standing.app is None:
            raise TotpNotEnabled
        codes, now = self._new_codes(), self._clock()
        kept = standing.recovery
        lost = kept and kept.renewed and now - kept.made_at < LOST_ANSWER
        told = self._notes.changed(
            user,
            "recovery_codes.renewed",
            "New recovery codes were made; the former ones work no more.",
            actor=actor,
        )
        renewed = replace(self._kept(user.id, codes), renewed=True)
        try:
            self._factors.replace_codes(renewed, more=() if lost else told)
        except TransactionRefused as refused:
            raise TotpNotEnabled from refused
        return codes

    def _standing(self, principal: Principal) -> tuple[User, Standing]:
        standing = self._factors.standing(principal.user_id)
        if standing.user is None:
            raise AccessTokenInvalid("This account is gone.")
        return standing.user, standing

    def _kept(self, user_id: UserId, codes: tuple[str, ...]) -> RecoveryCodes:
        slots = slots_of(recovery_codes.hashes_of(user_id, codes))
        return RecoveryCodes(user_id=user_id, made_at=self._clock(), slots=slots)
