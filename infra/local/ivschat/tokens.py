"""Chat tokens: what one lets its bearer do, sealed so that only this server can read or make it.

AES-256-GCM over the grant. The key is kept in the state, so tokens outlive a restart; whether one
was used is the store's to know (`Store.spend`). base64url without padding is a token of RFC 7230,
as a WebSocket subprotocol has to be.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["KEY_BYTES", "Capability", "Grant", "TokenForged", "TokenSealer"]

Capability = Literal["SEND_MESSAGE", "DISCONNECT_USER", "DELETE_MESSAGE"]
KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"ivschat token 1"


class TokenForged(Exception):
    """The token was not made here, or was changed since."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token carries; times are nanoseconds since 1970."""

    token_id: str
    room_arn: str
    user_id: str
    attributes: Mapping[str, str]
    capabilities: frozenset[str]
    token_expires_ns: int
    session_expires_ns: int


class TokenSealer:
    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def seal(self, grant: Grant) -> str:
        """The token for a grant."""
        plain = json.dumps(
            [
                grant.token_id,
                grant.room_arn,
                grant.user_id,
                dict(grant.attributes),
                sorted(grant.capabilities),
                grant.token_expires_ns,
                grant.session_expires_ns,
            ],
            ensure_ascii=False,
        ).encode()
        nonce = self._random_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, _PURPOSE)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def open(self, token: str) -> Grant:
        """The grant of a token, expired or not. Raises `TokenForged`."""
        try:
            sealed = base64.b64decode(
                token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
            nonce, box = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            plain = self._cipher.decrypt(nonce, box, _PURPOSE)
        except (UnicodeEncodeError, binascii.Error, ValueError, InvalidTag) as forged:
            raise TokenForged("The token is not one of ours.") from forged
        token_id, room_arn, user_id, attributes, capabilities, token_end, session_end = json.loads(
            plain
        )
        return Grant(
            token_id=token_id,
            room_arn=room_arn,
            user_id=user_id,
            attributes=attributes,
            capabilities=frozenset(capabilities),
            token_expires_ns=token_end,
            session_expires_ns=session_end,
        )
