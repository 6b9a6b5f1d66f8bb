"""Passwords that an account may have: long enough, not among the first guesses, not breached."""

from __future__ import annotations

from socialflow.identity.errors import PasswordBreached
from socialflow.identity.passwords.breaches import BreachedPasswords
from socialflow.identity.passwords.hashing import Passwords, checked_password


class NewPasswords:
    """Judges and hashes."""

    def __init__(self, passwords: Passwords, breached: BreachedPasswords) -> None:
        self._passwords = passwords
        self._breached = breached

    def hash(self, text: str, *, email: str | None, handle: str, display_name: str) -> str:
        """The hash of a password that an account may have.

        Raises `PasswordInvalid`, `PasswordTooCommon` or `PasswordBreached`.
        """
        address = (email, email.partition("@")[0]) if email else ()
        about = (*address, handle, display_name.casefold())
        password = checked_password(text, about=about)
        if self._breached.holds(password):
            raise PasswordBreached("This password is known from a breach; choose another.")
        return self._passwords.hash(password)
