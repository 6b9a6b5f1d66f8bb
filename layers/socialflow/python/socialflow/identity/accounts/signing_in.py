"""Signing in with an e-mail address and a password: one answer and one cost for every failure.

Three round trips to the table: counting the try, reading the login, opening the session. The hash
lies between the second and the third, and costs the same where there is no such account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from socialflow.identity import keys
from socialflow.identity.accounts.limits import AccountLimits, Charged
from socialflow.identity.errors import EmailInvalid, LoginRefused
from socialflow.identity.models import User, normal_email
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.records import Login
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.platform.dynamodb import TransactionRefused, Write

METHOD: Final = "password"


@dataclass(frozen=True, slots=True)
class PasswordProven:
    """The password was right, and the account asks for a second factor before a session."""

    user: User


class SigningIn:
    """The use case."""

    def __init__(
        self,
        repository: IdentityRepository,
        *,
        sessions: Sessions,
        passwords: Passwords,
        limits: AccountLimits,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._passwords = passwords
        self._limits = limits

    def log_in(self, *, email: str, password: str, device: Device) -> SignedIn | PasswordProven:
        """Opens a session, or says that the password was right where that is not enough.

        Raises `LoginRefused` alike for an unknown address, for an account without a password and
        for a wrong one; `RateLimited` before anything is looked up.
        """
        try:
            address = normal_email(email)
        except EmailInvalid:
            # Nobody can have it. It is counted and hashed as any other.
            address = email.strip().casefold()
        charged = self._limits.count_sign_in(address, device)
        login = self._verified(address, password)
        verified = login.password_hash or ""
        rehashed = self._passwords.hash(password) if self._passwords.is_outdated(verified) else None
        try:
            return self._go_on(login, rehashed, device, charged)
        except TransactionRefused:
            # Another log-in made a stronger hash, or the password is a new one: look again which.
            return self._go_on(self._verified(address, password), None, device, charged)

    def _go_on(
        self, login: Login, rehashed: str | None, device: Device, charged: Charged
    ) -> SignedIn | PasswordProven:
        more = [_still_verified(login, rehashed), *charged.succeeded()]
        if login.user.second_factor:
            self._repository.write_all(more)
            return PasswordProven(login.user)
        return self._sessions.open(login.user, method=METHOD, device=device, more=more)

    def _verified(self, address: str, password: str) -> Login:
        login = self._repository.login(address)
        matches = self._passwords.matches(password, login.password_hash if login else None)
        if login is None or not matches:
            raise LoginRefused
        return login


def _still_verified(login: Login, rehashed: str | None) -> Write:
    """Holds the session to the password that was verified, and keeps a stronger hash of it."""
    return Write(
        key=keys.login_key(login.user.email or ""),
        set={"password_hash": rehashed} if rehashed else {},
        check=rehashed is None,
        condition="#password_hash = :verified",
        values={"verified": login.password_hash},
    )
