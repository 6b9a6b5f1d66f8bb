"""The private keys in Secrets Manager. Only identity's own functions may read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialflow.identity.tokens.issuing_keys import KeyRing, ring_from_text, ring_to_text
from socialflow.platform.clock import Clock, utc_now

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# Much shorter than a new key's hour of notice, so that every process has it before it signs; and
# within a retired key's minute of grace, so that nobody signs with it any more after that.
KEEP = timedelta(seconds=30)
# While there is no key at all, each request looks again, but not each of a thousand a second.
KEEP_EMPTY = timedelta(seconds=1)


class KeySecret:
    """Reads and writes the key ring; `ring` is kept in the process for 30 seconds."""

    def __init__(
        self, client: Callable[[], SecretsManagerClient], secret_id: str, *, clock: Clock = utc_now
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._kept: tuple[KeyRing, datetime] | None = None

    def ring(self) -> KeyRing:
        """The key ring, at most 30 seconds old."""
        now = self._clock()
        if self._kept is None or now >= self._kept[1]:
            ring = self.read()
            self._kept = ring, now + (KEEP if ring.keys else KEEP_EMPTY)
        return self._kept[0]

    def read(self) -> KeyRing:
        """The key ring as it is now; empty where the secret has no value yet."""
        client = self._client()
        try:
            answer = client.get_secret_value(SecretId=self._secret_id)
        except client.exceptions.ResourceNotFoundException:
            # The secret is there without a version (or not there, which the write will say).
            return KeyRing()
        return ring_from_text(answer.get("SecretString", ""))

    def write(self, ring: KeyRing) -> None:
        """Makes `ring` the secret's current value."""
        self._client().put_secret_value(SecretId=self._secret_id, SecretString=ring_to_text(ring))
