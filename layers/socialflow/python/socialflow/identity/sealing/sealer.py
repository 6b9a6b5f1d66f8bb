"""Sealing: tokens and codes that nobody stores, and secrets that lie encrypted.

    sealer.token("reset", "rst_01K…", expires_at)   a link's token: names an item, cannot be guessed
    sealer.open_token("reset", text)                → "rst_01K…"
    sealer.code("register", "reg_01K…")             "493027", for whoever reads the mail
    sealer.derive("pkce", "flw_01K…")               256 bits that follow from an id
    sealer.encrypt("totp", "usr_01K…", secret)      AES-256-GCM, bound to whose it is

Each purpose has keys of its own (HKDF, RFC 5869), so that what is made for one is worth nothing
in another. What is sealed can be made again from the item's id by whoever has the keys, which is
why the table needs to hold neither token nor code, and a handler that runs twice sends the same
link twice.

A code of six digits can be guessed; whoever accepts one must count the tries.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Final

from socialflow.identity.sealing.errors import SealBroken, SealExpired
from socialflow.identity.sealing.keys import SealingKey, SealingRing
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.ids import moment_of

CODE_DIGITS: Final = 6
MAX_TOKEN_CHARACTERS: Final = 320
_VERSION: Final = "sfs1"
_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 5.2.1.1
_ID: Final = r"[\w:~-]{1,200}"
_TOKEN: Final = re.compile(
    rf"{_VERSION}\.(?P<key>[0-9a-f]{{8}})\.(?P<expires>\d{{1,11}})\.(?P<id>{_ID})"
    r"\.(?P<mac>[\w-]{43})",
    re.ASCII,
)
_ENCRYPTED: Final = re.compile(r"(?P<key>[0-9a-f]{8})\.(?P<sealed>[\w-]{38,})", re.ASCII)


class Sealer:
    """Seals with the key of the moment, opens with any that there was."""

    def __init__(
        self,
        secret: SealingSecret,
        *,
        clock: Clock = utc_now,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._random_bytes = random_bytes

    def token(self, purpose: str, id: str, expires_at: datetime) -> str:
        """A text that names `id` (letters, digits, `_:~-`), good for one purpose until then.

        The id can be read by whoever has the token; it cannot be changed.
        """
        if not re.fullmatch(_ID, id, re.ASCII):
            raise ValueError("an id that is sealed has letters, digits and _:~-")
        key = self._ring().at(self._clock())
        return _sealed_token(key, purpose, id, int(expires_at.timestamp()))

    def open_token(self, purpose: str, text: str) -> str:
        """The id in a token. Raises `SealBroken`, or `SealExpired` from `expires_at` on. No I/O."""
        matched = _TOKEN.fullmatch(text) if len(text) <= MAX_TOKEN_CHARACTERS else None
        key = self._ring().find(matched["key"]) if matched else None
        if matched is None or key is None:
            raise SealBroken
        genuine = _sealed_token(key, purpose, matched["id"], int(matched["expires"]))
        if not hmac.compare_digest(genuine, text):
            raise SealBroken
        if self._clock().timestamp() >= int(matched["expires"]):
            raise SealExpired
        return matched["id"]

    def code(self, purpose: str, id: str) -> str:
        """Six digits that follow from an id ending in a ULID. Compare them in constant time."""
        digest = _mac(self._key_of(id), f"code {purpose}", id)
        return str(int.from_bytes(digest[:8]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)

    def matches_code(self, purpose: str, id: str, code: str) -> bool:
        """Whether that is the code, spaces and dashes between its digits aside."""
        typed = re.sub(r"[\s-]", "", code)
        return hmac.compare_digest(self.code(purpose, id).encode(), typed.encode())

    def derive(self, purpose: str, id: str) -> str:
        """256 bits that follow from an id ending in a ULID, as 43 URL-safe characters."""
        return _text(_mac(self._key_of(id), f"derive {purpose}", id))

    def encrypt(self, purpose: str, bound_to: str, plain: bytes) -> str:
        """The bytes under AES-256-GCM; they open only for the same `bound_to`, such as a user id.

        Bound, so that whoever can write the table cannot move one account's secret to another.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._ring().at(self._clock())
        nonce = self._random_bytes(_NONCE_BYTES)
        cipher = AESGCM(_key_for(key, f"encrypt {purpose}"))
        return f"{key.id}.{_text(nonce + cipher.encrypt(nonce, plain, bound_to.encode()))}"

    def decrypt(self, purpose: str, bound_to: str, text: str) -> bytes:
        """What `encrypt` was given; raises `SealBroken`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        matched = _ENCRYPTED.fullmatch(text)
        key = self._ring().find(matched["key"]) if matched else None
        if matched is None or key is None:
            raise SealBroken
        try:
            sealed = _bytes(matched["sealed"])
            cipher = AESGCM(_key_for(key, f"encrypt {purpose}"))
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def _ring(self) -> SealingRing:
        return self._secret.ring()

    def _key_of(self, id: str) -> SealingKey:
        return self._ring().at(moment_of(id))


def hkdf(secret: bytes, info: bytes, *, salt: bytes = b"", length: int = 32) -> bytes:
    """RFC 5869 with SHA-256."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    block, made = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), "sha256")
        made += block
    return made[:length]


def _sealed_token(key: SealingKey, purpose: str, id: str, expires: int) -> str:
    body = f"{_VERSION}.{key.id}.{expires}.{id}"
    return f"{body}.{_text(_mac(key, f'token {purpose}', body))}"


def _mac(key: SealingKey, purpose: str, text: str) -> bytes:
    return hmac.digest(_key_for(key, purpose), text.encode(), "sha256")


def _key_for(key: SealingKey, purpose: str) -> bytes:
    return hkdf(key.secret, f"socialflow {purpose}".encode())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
