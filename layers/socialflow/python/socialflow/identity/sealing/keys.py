"""The keys that seal, and when each of them does.

    made ──1 h──▶ seals ─────a year─────▶ superseded: still opens what it sealed, for ever
    known to every process before the first value needs it

A key is never dropped: what lies encrypted in the table (the secret of an authenticator app) has
to open for as long as it lies there, and a ring grows by a hundred bytes a year.

Codes and derived values carry no key id. They are made from an id with a ULID in it, and the key
is the one that sealed at the ULID's moment, so that every process comes to the same one, before
and after a rotation.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialflow.identity.sealing.errors import SealingKeysMissing, SealingKeysUnreadable
from socialflow.platform.clock import from_rfc3339, to_rfc3339

ROTATE_EVERY = timedelta(days=365)
KNOWN_AHEAD = timedelta(hours=1)
SECRET_BYTES = 32
FORMAT = 1
_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingKey:
    """256 random bits and from when they seal."""

    id: str
    secret: bytes
    seals_from: datetime


@dataclass(frozen=True, slots=True)
class SealingRing:
    """All keys there ever were, in the order in which they seal."""

    keys: tuple[SealingKey, ...] = ()

    def at(self, moment: datetime) -> SealingKey:
        """The key that seals at a moment; raises `SealingKeysMissing` where there is none yet.

        The first key also serves moments before it, which another machine's clock may show.
        """
        if not self.keys:
            raise SealingKeysMissing("Sign-in is being set up; try again in a moment.")
        return next((key for key in reversed(self.keys) if key.seals_from <= moment), self.keys[0])

    def find(self, key_id: str) -> SealingKey | None:
        """The key of that id."""
        return next((key for key in self.keys if key.id == key_id), None)

    def tended(self, now: datetime, make: Callable[[datetime], SealingKey]) -> SealingRing:
        """The ring as it should be at `now`; the same one where nothing is due.

        `make` is called with the time from which the new key seals.
        """
        if not self.keys:
            return SealingRing((make(now),))
        if now < self.keys[-1].seals_from + ROTATE_EVERY:
            return self
        return SealingRing((*self.keys, make(now + KNOWN_AHEAD)))


def make_key(seals_from: datetime) -> SealingKey:
    """A new key from the system's randomness."""
    return SealingKey(
        id=secrets.token_hex(_KEY_ID_BYTES),
        secret=secrets.token_bytes(SECRET_BYTES),
        seals_from=seals_from,
    )


def ring_to_text(ring: SealingRing) -> str:
    """The secret's text."""
    keys = [
        {"id": key.id, "secret": key.secret.hex(), "seals_from": to_rfc3339(key.seals_from)}
        for key in ring.keys
    ]
    return json.dumps({"format": FORMAT, "sealing_keys": keys}, separators=(",", ":"))


def ring_from_text(text: str) -> SealingRing:
    """Reads what `ring_to_text` wrote.

    A text that never was one (the random placeholder of a new secret) is an empty ring; one of
    another format raises `SealingKeysUnreadable`.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return SealingRing()
    if not isinstance(document, dict) or "sealing_keys" not in document:
        return SealingRing()
    if document.get("format") != FORMAT:
        raise SealingKeysUnreadable(f"sealing keys are of format {document.get('format')!r}")
    return SealingRing(
        tuple(
            SealingKey(
                id=key["id"],
                secret=bytes.fromhex(key["secret"]),
                seals_from=from_rfc3339(key["seals_from"]),
            )
            for key in document["sealing_keys"]
        )
    )
