"""Tending the signing keys: making, publishing, retiring.

The order is: publish, then write the secret. A public key whose private half was never kept does
no harm and goes away by itself; a private key that signs before its public half is known would
have every token of it refused. So wherever a run stops, what signs is published, and the next
run starts over from the secret, which is the truth.

    run A ── publish {a} ──────────────── secret {a}
    run B ────────── publish {a, b} ── secret {b} ──          either secret: it is published
"""

from __future__ import annotations

from dataclasses import dataclass

from socialflow.identity.tokens.issuing_keys import make_key
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.identity.tokens.public_keys import PublishedKeys
from socialflow.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run left: the key that signs now, and how many were made."""

    current_kid: str
    made: int


class KeyRotation:
    """One run does all that is due; running again changes nothing."""

    def __init__(self, secret: KeySecret, published: PublishedKeys, *, clock: Clock) -> None:
        self._secret = secret
        self._published = published
        self._clock = clock

    def run(self) -> Rotated:
        """Makes sure that a key signs, that its successor is in time, and that old ones go."""
        now = self._clock()
        ring = self._secret.read()
        tended = ring.tended(
            now, lambda signs_from: make_key(created_at=now, signs_from=signs_from)
        )
        self._published.publish(
            tended.public_keys(now), private=frozenset(key.kid for key in tended.keys)
        )
        if tended != ring:
            self._secret.write(tended)
        before = {key.kid for key in ring.keys}
        made = sum(key.kid not in before for key in tended.keys)
        return Rotated(current_kid=tended.current(now).kid, made=made)
