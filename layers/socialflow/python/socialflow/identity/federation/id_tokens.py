"""ID tokens: what an OpenID provider says of a person, verified.

Checked as OpenID Connect Core 1.0, 3.1.3.7 asks, and RFC 8725: the signature by a key that the
provider publishes, an algorithm of the provider's own, issuer, audience, authorized party, times
and nonce. A header chooses nothing but which published key to try.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.http import NoAnswer, ProviderHttp
from socialflow.platform.clock import Clock, utc_now

if TYPE_CHECKING:
    from joserfc.jwk import Key

LEEWAY: Final = timedelta(minutes=1)
# A token comes straight from the token endpoint, so one of yesterday is a replay.
MAX_AGE: Final = timedelta(minutes=15)
MAX_CHARACTERS: Final = 16 * 1024
MAX_SUBJECT_CHARACTERS: Final = 255  # OpenID Connect Core 1.0, 2
KEEP_KEYS: Final = timedelta(hours=1)
ASK_AGAIN_AFTER: Final = timedelta(seconds=30)
MAX_KEYS: Final = 50
_ASYMMETRIC: Final = ("RSA", "EC")


class IdTokenInvalid(Exception):
    """The token is not one that the provider made for us now; the message says why, for the log."""


class PublishedKeys:
    """The keys that providers publish, kept for an hour.

    A key that is not among them is asked for again, at most every 30 seconds, so that nobody makes
    us ask by inventing key ids and a rotation is seen at once.
    """

    def __init__(self, http: ProviderHttp, *, clock: Clock = utc_now) -> None:
        self._http = http
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def find(self, jwks_uri: str, key_id: str) -> Key | None:
        """The key of that id. Raises `NoAnswer` where the provider cannot be asked."""
        now = self._clock()
        kept = self._kept.get(jwks_uri)
        if kept is None or now >= kept.read_at + kept.good_for(key_id):
            kept = self._read(jwks_uri, now)
        return kept.keys.get(key_id)

    def _read(self, jwks_uri: str, now: datetime) -> _Kept:
        answer = self._http.get(jwks_uri)
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise NoAnswer(f"keys: status {answer.status}")
        listed = answer.body.get("keys")
        keys = listed[:MAX_KEYS] if isinstance(listed, list) else []
        self._kept[jwks_uri] = _Kept(dict(filter(None, map(_key, keys))), now)
        return self._kept[jwks_uri]


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Mapping[str, Key]
    read_at: datetime

    def good_for(self, key_id: str) -> timedelta:
        return KEEP_KEYS if key_id in self.keys else ASK_AGAIN_AFTER


class IdTokens:
    """Verifies ID tokens."""

    def __init__(self, keys: PublishedKeys, *, clock: Clock = utc_now) -> None:
        self._keys = keys
        self._clock = clock

    def verify(self, token: object, *, client: Client, nonce: str) -> Mapping[str, Any]:
        """The claims. Raises `IdTokenInvalid`, or `NoAnswer` where keys cannot be had."""
        claims = self._signed_claims(token, client)
        if claims.get("iss") not in client.provider.issuers:
            raise IdTokenInvalid("issuer")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        # More than one audience is allowed where the party that asked is named, which is us.
        if client.client_id not in audiences or (len(audiences) > 1 and "azp" not in claims):
            raise IdTokenInvalid("audience")
        if claims.get("azp", client.client_id) != client.client_id:
            raise IdTokenInvalid("authorized party")
        self._check_times(claims)
        told = claims.get("nonce")
        if not isinstance(told, str) or not hmac.compare_digest(told.encode(), nonce.encode()):
            raise IdTokenInvalid("nonce")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= MAX_SUBJECT_CHARACTERS:
            raise IdTokenInvalid("subject")
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._clock().timestamp(), LEEWAY.total_seconds()
        expires, issued = _number(claims.get("exp")), _number(claims.get("iat"))
        if expires <= now - leeway:
            raise IdTokenInvalid("expired")
        if issued > now + leeway or issued < now - MAX_AGE.total_seconds():
            raise IdTokenInvalid("issued at another time")

    def _signed_claims(self, token: object, client: Client) -> Mapping[str, Any]:
        if not isinstance(token, str) or len(token) > MAX_CHARACTERS or not token.isascii():
            raise IdTokenInvalid("missing")
        header = _header(token)
        key_id, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(key_id, str) or "crit" in header:
            raise IdTokenInvalid("header")
        if algorithm not in client.provider.algorithms:
            raise IdTokenInvalid("algorithm")
        key = self._keys.find(client.provider.jwks_uri, key_id)
        if key is None:
            raise IdTokenInvalid("key")

        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            return jwt.decode(token, key, algorithms=list(client.provider.algorithms)).claims
        except (JoseError, ValueError) as error:
            raise IdTokenInvalid("signature") from error


def _header(token: str) -> dict[str, Any]:
    encoded, dot, _ = token.partition(".")
    try:
        header = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise IdTokenInvalid("header") from error
    if not dot or not isinstance(header, dict):
        raise IdTokenInvalid("header")
    return header


def _key(listed: Any) -> tuple[str, Key] | None:
    """A published key that may have signed, by its id. One that is no public key is passed over."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    if not isinstance(listed, dict) or listed.get("kty") not in _ASYMMETRIC:
        return None
    key_id, use = listed.get("kid"), listed.get("use", "sig")
    if not isinstance(key_id, str) or use != "sig":
        return None
    public = {name: value for name, value in listed.items() if name != "alg"}
    try:
        if listed["kty"] == "RSA":
            return key_id, RSAKey.import_key(public)
        return key_id, ECKey.import_key(public)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise IdTokenInvalid("times missing")
    return float(value)
