"""Issuing access tokens, which needs the private keys: identity's own functions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialflow.identity.models import User
from socialflow.identity.tokens import es256
from socialflow.identity.tokens.access_tokens import AUDIENCE, LIFETIME, TYPE
from socialflow.identity.tokens.issuing_keys import ALGORITHM, IssuingKey
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import SessionId

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


class AccessTokenIssuer:
    """Signs access tokens with the current key."""

    def __init__(
        self, secret: KeySecret, *, issuer: str, new_id: IdFactory, clock: Clock = utc_now
    ) -> None:
        self._secret = secret
        self._issuer = issuer
        self._new_id = new_id
        self._clock = clock
        self._signer: tuple[str, EllipticCurvePrivateKey] | None = None

    def issue(self, user: User, session_id: SessionId) -> str:
        """A token for a user's session, good for `LIFETIME`. Raises `SigningKeysMissing`."""
        now = self._clock()
        key = self._secret.ring().current(now)
        issued_at = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user.id,
            "sid": session_id,
            "jti": self._new_id("tok"),
            "iat": issued_at,
            "exp": issued_at + int(LIFETIME.total_seconds()),
            "handle": user.handle,
            "roles": list(user.roles(now)),
        }
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
        return es256.signed(header, claims, self._signer_of(key))

    def _signer_of(self, key: IssuingKey) -> EllipticCurvePrivateKey:
        if self._signer is None or self._signer[0] != key.kid:
            self._signer = key.kid, es256.private_key(key.private_jwk)
        return self._signer[1]
