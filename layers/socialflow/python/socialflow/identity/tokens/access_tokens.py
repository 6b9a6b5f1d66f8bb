"""Access tokens: JWTs of 15 minutes, signed ES256, after the profile of RFC 9068.

Verifying needs the public keys alone and, once they are at hand, no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from socialflow.identity.errors import AccessTokenExpired, AccessTokenInvalid
from socialflow.identity.tokens import es256
from socialflow.identity.tokens.issuing_keys import ALGORITHM
from socialflow.identity.tokens.public_keys import PublicJwk, PublicKeys
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.principal import Principal, SessionId, UserId

LIFETIME = timedelta(minutes=15)
LEEWAY = timedelta(seconds=5)
AUDIENCE = "socialflow-api"
TYPE = "at+jwt"
MAX_CHARACTERS = 2048
# Ours carry exactly these, so `jku`, `jwk`, `x5u`, `crit` and the like have no business here.
_HEADER_MEMBERS = {"alg", "kid", "typ"}


class AccessTokens:
    """Verifies access tokens. Read-only; any context may use it."""

    def __init__(self, keys: PublicKeys, *, issuer: str, clock: Clock = utc_now) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock

    def verify(self, token: str) -> Principal:
        """Who the bearer is. Raises `AccessTokenInvalid`, or `AccessTokenExpired` of one of ours.

        The header chooses nothing but which of our published keys to try: the algorithm is
        fixed, and any other header member is refused (RFC 8725, 3.1 and 3.10).
        """
        claims = self._signed_claims(token)
        if (
            claims.get("iss") != self._issuer
            or claims.get("aud") != AUDIENCE
            or not isinstance(claims.get("exp"), int)
            or not isinstance(claims.get("iat"), int)
        ):
            raise AccessTokenInvalid("This access token is for another service.")
        now, leeway = self._clock().timestamp(), LEEWAY.total_seconds()
        if claims["iat"] > now + leeway:
            raise AccessTokenInvalid("This access token is from the future.")
        if claims["exp"] <= now - leeway:
            raise AccessTokenExpired("This access token has expired; refresh it.")
        return Principal(
            user_id=UserId(claims["sub"]),
            handle=claims["handle"],
            roles=frozenset(claims["roles"]),
            session_id=SessionId(claims["sid"]),
        )

    def published(self) -> list[PublicJwk]:
        """The public keys, as the JWK set endpoint shows them."""
        return self._keys.jwks()

    def _signed_claims(self, token: str) -> Mapping[str, Any]:
        if len(token) > MAX_CHARACTERS or token.count(".") != 2:
            raise _not_ours()
        body, _, signature = token.rpartition(".")
        encoded_header, _, encoded_claims = body.partition(".")
        try:
            header = es256.json_object(encoded_header)
        except es256.NotEncoded as error:
            raise _not_ours() from error
        if set(header) != _HEADER_MEMBERS or header["alg"] != ALGORITHM or header["typ"] != TYPE:
            raise _not_ours()
        kid = header["kid"]
        key = self._keys.find(kid) if isinstance(kid, str) else None
        if key is None or not es256.is_signed(body, signature, key):
            raise _not_ours()
        return es256.json_object(encoded_claims)


def _not_ours() -> AccessTokenInvalid:
    return AccessTokenInvalid("This access token is not valid; log in again.")
