"""Tending the signing keys: making, publishing, retiring.

The order is: publish, then write the secret. A public key whose private half was never kept does
no harm and goes away by itself; a private key that signs before its public half is known would
have every token of it refused. So wherever a run stops, what signs is published, and the next
run starts over from the secret, which is the truth.

    run A ── publish {a} ──────────────── secret {a}
    run B ────────── publish {a, b} ── secret {b} ──          either secret: it is published

A key that is retired goes the other way: verifiers are told to refuse it only when the secret
says who signs instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from socialflow.identity.tokens.issuing_keys import make_key
from socialflow.identity.tokens.key_secret import KeySecret
from socialflow.identity.tokens.public_keys import PublishedKeys
from socialflow.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run left: the key that signs now, the one that signs next (the same, where no other
    waits), and how many were made."""

    current_kid: str
    next_kid: str
    made: int


class KeyRotation:
    """One run does all that is due; running again changes nothing."""

    def __init__(self, secret: KeySecret, published: PublishedKeys, *, clock: Clock) -> None:
        self._secret = secret
        self._published = published
        self._clock = clock

    def run(self, *, retire: str | None = None) -> Rotated:
        """Makes sure that a key signs, that its successor is in time, and that old ones go.

        `retire` is the id of a key that is not to be trusted any more: in a minute its tokens
        are refused, and nobody is signed out. Raises `KeyUnknown`.
        """
        now = self._clock()
        ring = self._secret.read()
        wanted = ring.without(retire, now) if retire else ring
        tended = wanted.tended(
            now, lambda signs_from: make_key(created_at=now, signs_from=signs_from)
        )
        public = tended.public_keys(now)
        kept = {key.kid for key in ring.keys if key.retired_at is None}
        ahead = [replace(key, until=None) if key.jwk["kid"] in kept else key for key in public]
        private = frozenset(key.kid for key in tended.keys)
        self._published.publish(ahead, private=private)
        if tended != ring:
            self._secret.write(tended)
        if ahead != public:
            self._published.publish(public, private=private)
        made = sum(ring.find(key.kid) is None for key in tended.keys)
        return Rotated(current_kid=tended.current(now).kid, next_kid=tended.keys[-1].kid, made=made)
