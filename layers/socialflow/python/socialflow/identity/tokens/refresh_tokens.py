"""Refresh tokens: opaque to clients, sealed so that only what we issued is ever looked up.

    sfr1.<key id>.<user>.<session>.<generation>.<root>.<seal>

`root` is a session's own secret, 256 random bits, the same in all its tokens; the table has only
its SHA-256. `seal` is HMAC-SHA256 over all the rest under a key that only Secrets Manager has.
So neither the table nor the key alone is enough to make a token, and:

- A forged token is refused without a read, and cannot spend a stranger's rate limit.
- A spent token is known as ours however old it is, without keeping a list: its generation is
  behind the session's. A guess is never taken for a reuse, so nobody can end a stranger's
  session by naming it.
- The next token follows from the present one. Of many concurrent refreshes one moves the
  session on and all can be given the *same* next token: no second lineage, nothing to lose.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace

from socialflow.identity.errors import RefreshTokenInvalid
from socialflow.identity.tokens.issuing_keys import IssuingKey
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.principal import (
    SESSION_ID_PREFIX,
    USER_ID_PREFIX,
    SessionId,
    UserId,
)

VERSION = "sfr1"
MAX_CHARACTERS = 512
_ROOT_BYTES = 32
_TOKEN = re.compile(
    rf"{VERSION}\.(?P<kid>[\w-]{{43}})\.(?P<user>[0-9A-Z]{{26}})\.(?P<session>[0-9A-Z]{{26}})"
    r"\.(?P<generation>\d{1,9})\.(?P<root>[\w-]{43})\.(?P<seal>[\w-]{43})",
    re.ASCII,
)


def new_root() -> str:
    """256 random bits for a new session."""
    return secrets.token_urlsafe(_ROOT_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """What a genuine token says. Whether it is still good, the session knows."""

    user_id: UserId
    session_id: SessionId
    generation: int
    root: str

    @property
    def root_hash(self) -> str:
        """What the table keeps of the root."""
        return hashlib.sha256(self.root.encode()).hexdigest()

    def successor(self) -> RefreshToken:
        """The token that this one is exchanged for."""
        return replace(self, generation=self.generation + 1)


class RefreshTokens:
    """Seals and opens tokens with the issuing keys."""

    def __init__(self, secret: KeySecret, *, clock: Clock = utc_now) -> None:
        self._secret = secret
        self._clock = clock

    def seal(self, token: RefreshToken) -> str:
        """The token as the client gets it. Raises `SigningKeysMissing`."""
        key = self._secret.ring().current(self._clock())
        _, _, user = token.user_id.partition("_")
        _, _, session = token.session_id.partition("_")
        body = f"{VERSION}.{key.kid}.{user}.{session}.{token.generation}.{token.root}"
        return f"{body}.{_mac(key, 'refresh', body)}"

    def open(self, text: str) -> RefreshToken:
        """What a genuine token says; raises `RefreshTokenInvalid` for any other text. No I/O."""
        matched = _TOKEN.fullmatch(text)
        key = self._secret.ring().find(matched["kid"]) if matched else None
        if matched is None or key is None:
            raise RefreshTokenInvalid
        body, _, seal = text.rpartition(".")
        if not hmac.compare_digest(seal, _mac(key, "refresh", body)):
            raise RefreshTokenInvalid
        return RefreshToken(
            user_id=UserId(f"{USER_ID_PREFIX}_{matched['user']}"),
            session_id=SessionId(f"{SESSION_ID_PREFIX}_{matched['session']}"),
            generation=int(matched["generation"]),
            root=matched["root"],
        )

    def root_for(self, session_id: SessionId, idempotency_key: str) -> str:
        """The root of a session made under an Idempotency-Key: a repeat arrives at the same."""
        key = self._secret.ring().current(self._clock())
        return _mac(key, "root", f"{session_id}\n{idempotency_key}")


RootFactory = Callable[[], str]


def _mac(key: IssuingKey, purpose: str, text: str) -> str:
    digest = hmac.digest(bytes.fromhex(key.refresh_secret), f"{purpose}\n{text}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
