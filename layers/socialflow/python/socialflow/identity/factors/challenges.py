"""Challenges of passkeys: sealed tokens out of which the bytes that a passkey signs follow.

    token ── names an id, sealed, good for five minutes ──▶ challenge = derive(id)

Nothing is stored when one is asked for, so anybody may ask. What keeps a challenge to one use is
the item that its use writes, in the transaction of what it was for.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import UserId

LASTS: Final = timedelta(minutes=5)
CHALLENGE_ID_PREFIX: Final = "chl"
_ANYBODY: Final = "anybody"


class Ceremony(StrEnum):
    """What a challenge is for; one for the other is no challenge at all."""

    REGISTRATION = "passkey_registration"
    ASSERTION = "passkey_assertion"


class ChallengeOver(Exception):
    """The token is not ours, not for this ceremony, not for this user, or its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyChallenge:
    """A challenge: what the client sends back, and what its authenticator signs."""

    id: str
    token: str
    value: bytes
    expires_at: datetime


class PasskeyChallenges:
    """Makes challenges and opens them again."""

    def __init__(self, sealer: Sealer, *, clock: Clock, new_id: IdFactory) -> None:
        self._sealer = sealer
        self._clock = clock
        self._new_id = new_id

    def new(self, ceremony: Ceremony, *, user_id: UserId | None = None) -> PasskeyChallenge:
        """A challenge for a user, or for whoever it will turn out to be."""
        id_ = self._new_id(CHALLENGE_ID_PREFIX)
        expires_at = self._clock() + LASTS
        return PasskeyChallenge(
            id=id_,
            token=self._sealer.token(ceremony, f"{user_id or _ANYBODY}:{id_}", expires_at),
            value=self._value(ceremony, id_),
            expires_at=expires_at,
        )

    def opened(
        self, ceremony: Ceremony, token: str, *, user_id: UserId | None = None
    ) -> tuple[str, bytes]:
        """The id of a challenge and its bytes; raises `ChallengeOver`. No I/O."""
        try:
            whose, _, id_ = self._sealer.open_token(ceremony, token).partition(":")
        except SealBroken as error:
            raise ChallengeOver from error
        if whose != (user_id or _ANYBODY):
            raise ChallengeOver
        return id_, self._value(ceremony, id_)

    def _value(self, ceremony: Ceremony, id_: str) -> bytes:
        return urlsafe_b64decode(self._sealer.derive(ceremony, id_) + "=")
