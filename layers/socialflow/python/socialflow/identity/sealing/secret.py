"""The sealing keys in Secrets Manager, and their yearly successor.

Only identity's own functions may read them. Two runs of the rotation at the same moment end with
one ring: what a run writes is named after the version that it read, and Secrets Manager takes no
second content under one name.

    run A ── reads v1 ── writes v2 = hash(v1) ──
    run B ── reads v1 ──────────── writes v2: refused, another content ── reads again: nothing due
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialflow.identity.sealing.keys import (
    SealingKey,
    SealingRing,
    make_key,
    ring_from_text,
    ring_to_text,
)
from socialflow.platform.clock import Clock, utc_now

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# Shorter than a new key's hour of notice, so that every process has it before it seals.
KEEP = timedelta(minutes=5)
# While there is no key at all, each request looks again, but not each of a thousand a second.
KEEP_EMPTY = timedelta(seconds=1)
MAX_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Read:
    ring: SealingRing
    version: str


class SealingSecret:
    """Reads and tends the ring; `ring` is kept in the process for five minutes."""

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        secret_id: str,
        *,
        clock: Clock = utc_now,
        make: Callable[[datetime], SealingKey] = make_key,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._make = make
        self._kept: tuple[SealingRing, datetime] | None = None

    def ring(self) -> SealingRing:
        """The ring, at most five minutes old."""
        now = self._clock()
        if self._kept is None or now >= self._kept[1]:
            ring = self._read().ring
            self._kept = ring, now + (KEEP if ring.keys else KEEP_EMPTY)
        return self._kept[0]

    def tend(self) -> SealingRing:
        """Makes sure that a key seals and that its successor is in time; again changes nothing.

        Returns the ring that is there. One read, and a write where something is due.
        """
        client = self._client()
        for _ in range(MAX_ROUNDS):
            found = self._read()
            tended = found.ring.tended(self._clock(), self._make)
            if tended == found.ring:
                return tended
            try:
                client.put_secret_value(
                    SecretId=self._secret_id,
                    SecretString=ring_to_text(tended),
                    ClientRequestToken=_version_after(found.version),
                )
            except client.exceptions.ResourceExistsException:
                # Another run was first; what it wrote is the truth.
                continue
            return tended
        raise RuntimeError("the sealing keys kept changing under the rotation")

    def _read(self) -> _Read:
        client = self._client()
        try:
            answer = client.get_secret_value(SecretId=self._secret_id)
        except client.exceptions.ResourceNotFoundException:
            # The secret is there without a version (or not there, which the write will say).
            return _Read(SealingRing(), "")
        return _Read(ring_from_text(answer.get("SecretString", "")), answer["VersionId"])


def _version_after(version: str) -> str:
    """The id of the version that follows another: 32 to 64 characters, as Secrets Manager asks."""
    return hashlib.sha256(f"after {version}".encode()).hexdigest()
