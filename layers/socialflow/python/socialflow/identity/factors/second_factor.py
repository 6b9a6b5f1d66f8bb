"""The second step of a sign-in: a challenge after the first, and the code that meets it.

    password right ──▶ challenge (sealed: whose, how, of which epoch) ──▶ nothing is stored
    challenge + code ──▶ one transaction: session opened, code spent, challenge spent

A challenge outlives no change of the account's sessions: a password that was reset meanwhile
makes it worthless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.factors.codes import Codes
from socialflow.identity.factors.errors import ChallengeInvalid, SecondFactorRefused
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.records import spent_write
from socialflow.identity.factors.repository import FactorRepository
from socialflow.identity.factors.tries import Tries
from socialflow.identity.models import User
from socialflow.identity.sealing.errors import SealBroken
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.staff.audit import Actor
from socialflow.platform.clock import Clock
from socialflow.platform.correlation import correlation_id
from socialflow.platform.dynamodb import TransactionRefused
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import UserId

CHALLENGE_LASTS: Final = timedelta(minutes=10)
CHALLENGE_ID_PREFIX: Final = "chl"
METHODS: Final = ("totp", "recovery_code")
_PURPOSE: Final = "second_factor"
_METHOD: Final = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorChallenge:
    """What a client gets instead of a session: it comes back with a code."""

    challenge: str
    methods: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A genuine challenge: whose, after which first step, and in which epoch of sessions."""

    id: str
    user_id: UserId
    method: str
    epoch: int


class SecondFactor:
    """Asks for a code where an account has an authenticator app, and takes it."""

    def __init__(
        self,
        factors: FactorRepository,
        *,
        sealer: Sealer,
        codes: Codes,
        sessions: Sessions,
        tries: Tries,
        notes: FactorNotes,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._factors = factors
        self._sealer = sealer
        self._codes = codes
        self._sessions = sessions
        self._tries = tries
        self._notes = notes
        self._clock = clock
        self._new_id = new_id

    def challenge(self, user: User, *, method: str) -> SecondFactorChallenge:
        """The challenge to whoever passed the first step by `method`, such as `password`.

        Nothing is written, and nothing read but the sealing keys.
        """
        if not _METHOD.fullmatch(method):
            raise ValueError(f"{method!r} is not the name of a first step")
        expires_at = self._clock() + CHALLENGE_LASTS
        named = f"{user.id}:{method}:{user.sessions_epoch}:{self._new_id(CHALLENGE_ID_PREFIX)}"
        return SecondFactorChallenge(
            challenge=self._sealer.token(_PURPOSE, named, expires_at),
            methods=METHODS,
            expires_at=expires_at,
        )

    def opened(self, challenge: str) -> Opened:
        """What a genuine challenge says; raises `ChallengeInvalid`. No I/O."""
        try:
            named = self._sealer.open_token(_PURPOSE, challenge)
        except SealBroken as error:
            raise ChallengeInvalid from error
        user_id, method, epoch, id_ = named.split(":")
        return Opened(id=id_, user_id=UserId(user_id), method=method, epoch=int(epoch))

    def sign_in(self, challenge: str, code: str, *, device: Device) -> SignedIn:
        """Opens the session that the first step was for, with a code of the app or a recovery code.

        The tries are counted, one read, one transaction. Raises `ChallengeInvalid`,
        `TooManyAttempts`, or `SecondFactorRefused` for a code that is wrong or was used.
        """
        opened = self.opened(challenge)
        forget = self._tries.of_challenge(opened.id, opened.user_id, device.token)
        standing = self._factors.standing(opened.user_id)
        user = standing.user
        if user is None or user.sessions_epoch != opened.epoch or not user.second_factor:
            raise ChallengeInvalid
        spent = self._codes.spending(standing, code)
        if spent is None:
            raise SecondFactorRefused
        actor = Actor(id=user.id, request_id=correlation_id(), address=device.address)
        writes = [
            spent.write,
            spent_write(opened.id, self._clock()),
            *self._notes.code_used(user, spent, actor=actor),
            *forget,
        ]
        try:
            return self._sessions.open(
                user, method=f"{opened.method}+{spent.method}", device=device, more=writes
            )
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise SecondFactorRefused from refused
            raise ChallengeInvalid from refused
