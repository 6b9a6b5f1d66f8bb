"""Devices that signed in before: a sealed token that a client keeps for 400 days.

A device that an account knows gets no mail of a sign-in from a new device, and failed sign-ins
that come from it are counted apart, so that whoever guesses from elsewhere cannot slow its owner
down (OWASP, "Device cookies"). The token is no credential: it opens nothing by itself.

    dev_01K…:<mark>:<mark>…     sealed; one mark for each name that it signed in under

A mark is a digest of the device and the name (a user's id, an address), so that the token tells
nobody who signed in. Four accounts share a device; the one that was there longest is forgotten.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from socialflow.identity.sealing.errors import SealBroken, SealExpired
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.tokens.es256 import base64url
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory, id_pattern

DEVICE_ID_PREFIX: Final = "dev"
# As long as browsers keep a cookie at most (RFC 6265bis, 5.5).
DEVICE_LIFE: Final = timedelta(days=400)
MAX_MARKS: Final = 8
_MARK_BYTES: Final = 9
_PURPOSE: Final = "device"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device, and marks of those who signed in on it, the last one first."""

    id: str
    marks: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        """Whether whoever has this name has signed in on it."""
        return self._mark(name) in self.marks

    def signed_in(self, *names: str) -> KnownDevice:
        """The device after a sign-in of whoever has these names."""
        new = tuple(map(self._mark, names))
        kept = tuple(mark for mark in self.marks if mark not in new)
        return replace(self, marks=(new + kept)[:MAX_MARKS])

    def _mark(self, name: str) -> str:
        return base64url(hashlib.sha256(f"{self.id}\n{name}".encode()).digest()[:_MARK_BYTES])


class Devices:
    """Reads and makes device tokens."""

    def __init__(self, sealer: Sealer, *, clock: Clock, new_id: IdFactory) -> None:
        self._sealer = sealer
        self._clock = clock
        self._new_id = new_id

    def of(self, token: str | None) -> KnownDevice:
        """The device that sent a token; one that nobody has seen where there is none of ours."""
        return self.read(token) or KnownDevice(self._new_id(DEVICE_ID_PREFIX))

    def read(self, token: str | None) -> KnownDevice | None:
        """The device in a token of ours; None for any other text."""
        if not token:
            return None
        try:
            id, *marks = self._sealer.open_token(_PURPOSE, token).split(":")
        except (SealBroken, SealExpired):
            return None
        return KnownDevice(id, tuple(marks)) if re.match(id_pattern(DEVICE_ID_PREFIX), id) else None

    def token(self, device: KnownDevice) -> str:
        """What the device is given to keep."""
        expires_at = self._clock() + DEVICE_LIFE
        return self._sealer.token(_PURPOSE, ":".join((device.id, *device.marks)), expires_at)
