"""The keys that identity issues tokens with, and when each of them is used.

Each issuing key has two halves with one timeline: an ES256 pair that signs access tokens, and
a symmetric secret that seals refresh tokens.

    made ──1 h──▶ signs ─────90 days─────▶ superseded ──1 h──▶ unpublished ──30 days──▶ dropped
    published ahead, so that every        still published:    still opens the refresh
    verifier's cache holds it by then     its access tokens   tokens that it sealed
                                          have to expire

The very first key signs at once: there is nobody yet whose cache could be behind.

A key that somebody else may have is *retired*: within a minute another signs and no verifier
takes the old one any more. Sessions go on: what the retired key sealed still opens, because a
refresh token needs the session's own root beside the seal.

    retired ──45 s──▶ its successor signs ──15 s──▶ refused
    long enough for   every issuer knows;           for tokens and clocks
    every cache       no token is lost              that are on their way
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from socialflow.identity.errors import SigningKeysMissing
from socialflow.identity.sessions.models import SESSION_IDLE
from socialflow.identity.tokens import es256
from socialflow.platform.clock import from_rfc3339, to_rfc3339

ALGORITHM = "ES256"
ROTATE_EVERY = timedelta(days=90)
PUBLISH_AHEAD = timedelta(hours=1)
PUBLISHED_AFTER = timedelta(hours=1)
# Longer than an issuer keeps the ring, and than a verifier waits to look for an unknown key.
RETIRE_NOTICE = timedelta(seconds=45)
REFUSED_AFTER = timedelta(seconds=15)
REFRESH_SECRET_BYTES = 32
FORMAT = 1

Jwk = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingKey:
    """One key. `private_jwk` is an EC P-256 private key (RFC 7517); `kid` its thumbprint."""

    kid: str
    private_jwk: Jwk
    refresh_secret: str
    created_at: datetime
    signs_from: datetime
    retired_at: datetime | None = None

    @property
    def refused_from(self) -> datetime | None:
        """From when on a retired key's tokens are refused."""
        return self.retired_at + REFUSED_AFTER if self.retired_at else None

    @property
    def public_jwk(self) -> dict[str, str]:
        """What anybody may have, as in a JWK set."""
        public = {name: self.private_jwk[name] for name in ("kty", "crv", "x", "y")}
        return public | {"kid": self.kid, "use": "sig", "alg": ALGORITHM}


@dataclass(frozen=True, slots=True)
class PublicKeyUntil:
    """A key to publish; verifiers take it until then (None: as long as it is published)."""

    jwk: dict[str, str]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that are kept, in the order in which they sign."""

    keys: tuple[IssuingKey, ...] = ()

    def current(self, now: datetime) -> IssuingKey:
        """The key that issues now; raises `SigningKeysMissing`."""
        signing = [key for key in self.keys if key.signs_from <= now]
        if not signing:
            raise SigningKeysMissing("Sign-in is being set up; try again in a moment.")
        return signing[-1]

    def find(self, kid: str) -> IssuingKey | None:
        """The key of that id, old ones included."""
        return next((key for key in self.keys if key.kid == kid), None)

    def tended(self, now: datetime, make: Callable[[datetime], IssuingKey]) -> KeyRing:
        """The ring as it should be at `now`: a successor made when due, the oldest dropped.

        `make` is called with the time from which the new key signs. The same ring comes back
        where nothing is due.
        """
        kept = tuple(
            key
            for position, key in enumerate(self.keys)
            if (end := self._superseded_at(position)) is None
            or now < end + PUBLISHED_AFTER + SESSION_IDLE
        )
        if not kept:
            return KeyRing((make(now),))
        if kept[-1].retired_at:
            kept += (make(max(now, kept[-1].retired_at)),)
        elif now >= kept[-1].signs_from + ROTATE_EVERY:
            kept += (make(now + PUBLISH_AHEAD),)
        return self if kept == self.keys else KeyRing(kept)

    def without(self, kid: str, now: datetime) -> KeyRing:
        """The ring with that key retired; the same where it was before. Raises `KeyUnknown`.

        A successor that waits begins earlier; where there is none, `tended` makes it.
        """
        key = self.find(kid)
        if key is None:
            raise KeyUnknown(f"there is no signing key {kid}")
        if key.retired_at:
            return self
        position, at = self.keys.index(key), now + RETIRE_NOTICE
        retired = replace(key, retired_at=at, signs_from=min(key.signs_from, at))
        later = [
            replace(each, signs_from=min(each.signs_from, at)) for each in self.keys[position + 1 :]
        ]
        return KeyRing((*self.keys[:position], retired, *later))

    def public_keys(self, now: datetime) -> list[PublicKeyUntil]:
        """The public halves of keys whose access tokens may be met at `now` or soon."""
        return [
            PublicKeyUntil(key.public_jwk, key.refused_from)
            for position, key in enumerate(self.keys)
            if ((end := self._superseded_at(position)) is None or now < end + PUBLISHED_AFTER)
            and (key.refused_from is None or now < key.refused_from)
        ]

    def _superseded_at(self, position: int) -> datetime | None:
        following = self.keys[position + 1 :]
        return following[0].signs_from if following else None


def make_key(*, created_at: datetime, signs_from: datetime) -> IssuingKey:
    """A new key from the system's randomness."""
    import secrets

    private = es256.new_private_jwk()
    return IssuingKey(
        kid=es256.thumbprint(private),
        private_jwk=private,
        refresh_secret=secrets.token_hex(REFRESH_SECRET_BYTES),
        created_at=created_at,
        signs_from=signs_from,
    )


class KeyUnknown(Exception):
    """An operator named a key that the ring does not hold."""


class KeyRingUnreadable(Exception):
    """The secret was written by a version of this code that we do not know: an operator's case."""


def ring_to_text(ring: KeyRing) -> str:
    """The secret's text: a private JWK set whose keys carry our own members (RFC 7517, 4)."""
    keys: Sequence[Mapping[str, Any]] = [
        {
            **key.private_jwk,
            "kid": key.kid,
            "use": "sig",
            "alg": ALGORITHM,
            "refresh_secret": key.refresh_secret,
            "created_at": to_rfc3339(key.created_at),
            "signs_from": to_rfc3339(key.signs_from),
            **({"retired_at": to_rfc3339(key.retired_at)} if key.retired_at else {}),
        }
        for key in ring.keys
    ]
    return json.dumps({"format": FORMAT, "keys": keys}, separators=(",", ":"))


def ring_from_text(text: str) -> KeyRing:
    """Reads what `ring_to_text` wrote.

    A text that was never a JWK set (the random placeholder of a new secret) is an empty ring;
    a set of another format raises `KeyRingUnreadable`.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return KeyRing()
    if not isinstance(document, dict) or "keys" not in document:
        return KeyRing()
    if document.get("format") != FORMAT:
        raise KeyRingUnreadable(f"signing keys are of format {document.get('format')!r}")
    return KeyRing(
        tuple(
            IssuingKey(
                kid=jwk["kid"],
                private_jwk={name: jwk[name] for name in ("kty", "crv", "x", "y", "d")},
                refresh_secret=jwk["refresh_secret"],
                created_at=from_rfc3339(jwk["created_at"]),
                signs_from=from_rfc3339(jwk["signs_from"]),
                retired_at=from_rfc3339(jwk["retired_at"]) if "retired_at" in jwk else None,
            )
            for jwk in document["keys"]
        )
    )
