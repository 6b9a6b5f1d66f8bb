"""Passwords: which are good enough, and their argon2id hashes (RFC 9106).

Length over composition, after NIST SP 800-63B-4, 3.1.1.2: any character that can be typed, no
rules about kinds of them, and a refusal of what everybody would guess.
"""

from __future__ import annotations

import base64
import functools
import unicodedata
from typing import TYPE_CHECKING

from socialflow.identity.errors import PasswordInvalid, PasswordTooCommon
from socialflow.identity.passwords.common import common_passwords

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_CHARACTERS = 8
MAX_CHARACTERS = 256
# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
SALT_BYTES = 16
HASH_BYTES = 32


def checked_password(text: str, *, about: tuple[str, ...] = ()) -> str:
    """The password as it is hashed: NFC (RFC 8265, 4.2); raises `PasswordInvalid`.

    `about` are texts of the account itself (address, handle), which make no password.
    """
    password = unicodedata.normalize("NFC", text)
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise PasswordInvalid(
            f"A password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters; long is better than "
            "complicated."
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in password):
        raise PasswordInvalid("A password cannot hold control characters.")
    plain = password.casefold()
    if plain in common_passwords() or len(set(plain)) == 1 or plain in about:
        raise PasswordTooCommon("This password is among the first that anybody would guess.")
    return password


class Passwords:
    """Hashes and verifies; both cost the same by design, whoever asks."""

    def hash(self, password: str) -> str:
        """The encoded argon2id hash with a salt of its own."""
        return _hasher().hash(_comparable(password))

    def matches(self, password: str, encoded: str | None) -> bool:
        """Whether the password has that hash.

        None, for an account that is not there, takes as long and is never matched.
        """
        from argon2.exceptions import VerificationError

        try:
            found = _hasher().verify(encoded or _hash_of_nobody(), _comparable(password))
        except VerificationError:
            return False
        return found and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return _hasher().check_needs_rehash(encoded)


def _comparable(password: str) -> str:
    """The form in which two spellings of a password are one, no longer than is ever hashed."""
    encodable = password.encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", encodable)[: MAX_CHARACTERS + 1]


@functools.cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, Type

    return PasswordHasher(
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=HASH_BYTES,
        salt_len=SALT_BYTES,
        type=Type.ID,
    )


def _hash_of_nobody() -> str:
    """A well-formed hash at today's parameters that no password is known to have."""
    salt, digest = (_unpadded(bytes(length)) for length in (SALT_BYTES, HASH_BYTES))
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${digest}"


def _unpadded(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")
