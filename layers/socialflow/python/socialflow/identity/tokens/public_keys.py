"""The public keys, published in the identity table for every function that verifies a token.

What is published may be ahead of the private keys, never behind: see `rotation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialflow.identity import keys
from socialflow.identity.tokens import es256
from socialflow.identity.tokens.issuing_keys import PublicKeyUntil
from socialflow.platform.clock import Clock, from_rfc3339, to_rfc3339, utc_now
from socialflow.platform.dynamodb import ConditionFailed, Table, Write

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

# As long as a retired key may still be taken (`issuing_keys`).
KEEP = timedelta(minutes=1)
REFETCH_AFTER = timedelta(seconds=30)
# A key that two rotations at once left out of the secret may have signed for a moment.
ORPHANS_KEPT = timedelta(days=1)
MAX_ROUNDS = 10

PublicJwk = dict[str, str]


class PublishingContended(Exception):
    """Other rotations kept writing; run again."""


@dataclass(frozen=True, slots=True)
class Published:
    """A public key, when it was first published, and from when on it is refused."""

    jwk: PublicJwk
    since: datetime
    until: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether its tokens are taken."""
        return self.until is None or now < self.until


class PublishedKeys:
    """The item in the table."""

    def __init__(self, table: Table, *, clock: Clock = utc_now) -> None:
        self._table = table
        self._clock = clock

    def read(self) -> list[Published]:
        """All published keys."""
        return self._read()[0]

    def publish(self, wanted: Sequence[PublicKeyUntil], *, private: frozenset[str]) -> None:
        """Publishes `wanted` and takes back what may go.

        A key of `private` (the ids in the secret) that is not wanted has done its time. One
        that is not in the secret may be another rotation's, about to be written there: it stays
        for a day. Safe under any number of rotations at once; no write where nothing changes.
        """
        now = self._clock()
        for _ in range(MAX_ROUNDS):
            present, version = self._read()
            by_kid = {each.jwk["kid"]: each for each in present}
            kept = [
                replace(by_kid.get(each.jwk["kid"], Published(each.jwk, now)), until=each.until)
                for each in wanted
            ]
            orphans = [
                each
                for kid, each in by_kid.items()
                if kid not in private and now < each.since + ORPHANS_KEPT
            ]
            target = kept + [each for each in orphans if each not in kept]
            if target == present:
                return
            if self._write(target, version):
                return
        raise PublishingContended("public keys: written by others in every round")

    def _read(self) -> tuple[list[Published], int]:
        item = self._table.get(keys.PUBLIC_KEYS, consistent=True)
        if item is None:
            return [], 0
        return [
            Published(
                jwk=dict(each["jwk"]),
                since=from_rfc3339(each["since"]),
                until=from_rfc3339(each["until"]) if each.get("until") else None,
            )
            for each in item["keys"]
        ], item["version"]

    def _write(self, target: Sequence[Published], version: int) -> bool:
        entries = [
            {"jwk": each.jwk, "since": to_rfc3339(each.since)}
            | ({"until": to_rfc3339(each.until)} if each.until else {})
            for each in target
        ]
        try:
            self._table.write(
                Write(
                    put=keys.PUBLIC_KEYS | {"keys": entries, "version": version + 1},
                    condition="attribute_not_exists(pk) OR #version = :version",
                    values={"version": version},
                )
            )
        except ConditionFailed:
            return False
        return True


class PublicKeys:
    """The published keys by id, for verifying: kept for a minute.

    An id that is not known is looked for at most every 30 seconds, so that forged ids cost
    nobody a read.
    """

    def __init__(self, published: PublishedKeys, *, clock: Clock = utc_now) -> None:
        self._published = published
        self._clock = clock
        self._by_kid: dict[str, tuple[Published, EllipticCurvePublicKey]] = {}
        self._read_at: datetime | None = None

    def find(self, kid: str) -> EllipticCurvePublicKey | None:
        """The key of that id, or None."""
        now = self._freshen(KEEP if kid in self._by_kid else REFETCH_AFTER)
        found = self._by_kid.get(kid)
        return found[1] if found and found[0].is_good(now) else None

    def jwks(self) -> list[PublicJwk]:
        """All keys whose tokens are taken, at most a minute old."""
        now = self._freshen(KEEP)
        return [each.jwk for each, _ in self._by_kid.values() if each.is_good(now)]

    def _freshen(self, keep: timedelta) -> datetime:
        now = self._clock()
        if self._read_at is None or now - self._read_at >= keep:
            self._by_kid = {
                each.jwk["kid"]: (each, es256.public_key(each.jwk))
                for each in self._published.read()
            }
            self._read_at = now
        return now
