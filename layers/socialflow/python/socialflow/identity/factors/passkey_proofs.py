"""Proving who one is with a passkey: at sign-in, and again before sensitive acts.

    options ──▶ anybody; nothing is stored
    answer  ──▶ one read: the account that the answer names, and its passkey
            ──▶ the signature, then the count
            ──▶ one transaction: what it was for, the count moved on, the challenge spent

A count that has not risen says that a copy of the passkey may be in use (WebAuthn 3, 6.1.1): it
is refused, noted in the audit log, and its owner told; unless it is only the same answer again, of
a client that lost ours. Synced passkeys all say 0 and are not judged by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from socialflow.identity.factors import ceremonies
from socialflow.identity.factors.ceremonies import CeremonyRefused, Claim, RelyingParty
from socialflow.identity.factors.challenges import Ceremony, ChallengeOver, PasskeyChallenges
from socialflow.identity.factors.errors import ChallengeInvalid, PasskeyCloned, PasskeyRefused
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.passkeys import CeremonyOptions
from socialflow.identity.factors.records import (
    Passkey,
    passkey_id_of,
    passkey_key,
    spent_write,
)
from socialflow.identity.factors.repository import FactorRepository
from socialflow.identity.models import User
from socialflow.identity.sessions.sessions import Device, Sessions, SignedIn
from socialflow.identity.staff.audit import SYSTEM, Actor
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.correlation import correlation_id
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.ids import id_pattern
from socialflow.platform.observability import logger
from socialflow.platform.principal import USER_ID_PREFIX, UserId

SIGN_IN_METHOD: Final = "passkey"
_SPENT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyProof:
    """Whose proof it is. `writes` spend it: the count's at 0 and the challenge's at 1."""

    user: User
    writes: tuple[Write, ...]


class PasskeyProofs:
    """Judges answers to challenges that anybody may ask for."""

    def __init__(
        self,
        factors: FactorRepository,
        *,
        party: RelyingParty,
        challenges: PasskeyChallenges,
        notes: FactorNotes,
        clock: Clock,
    ) -> None:
        self._factors = factors
        self._party = party
        self._challenges = challenges
        self._notes = notes
        self._clock = clock

    def options(self) -> CeremonyOptions:
        """What the browser is asked: any passkey of ours. No I/O but the sealing keys."""
        challenge = self._challenges.new(Ceremony.ASSERTION)
        return CeremonyOptions(
            challenge_token=challenge.token,
            public_key=ceremonies.request_options(self._party, challenge=challenge.value),
            expires_at=challenge.expires_at,
        )

    def proof(
        self,
        challenge_token: str,
        credential: Mapping[str, Any],
        *,
        address: str = "",
    ) -> PasskeyProof:
        """What an answer proves, to be spent at once. One consistent read.

        Raises `ChallengeInvalid`, `PasskeyRefused`, or `PasskeyCloned` having told its owner.
        """
        try:
            challenge_id, challenge = self._challenges.opened(Ceremony.ASSERTION, challenge_token)
        except ChallengeOver as error:
            raise ChallengeInvalid from error
        try:
            claim = ceremonies.claim_of(credential)
            user, passkey = self._claimed(claim)
            proven = ceremonies.verify(
                self._party,
                credential,
                challenge=challenge,
                public_key=passkey.public_key,
                can_be_synced=passkey.can_be_synced,
            )
        except CeremonyRefused as error:
            logger().info("a passkey was refused", extra={"reason": str(error)})
            raise PasskeyRefused from error
        now = self._clock()
        spent = spent_write(challenge_id, now)
        if not _has_risen(passkey.sign_count, proven.sign_count):
            actor = Actor(id=SYSTEM, request_id=correlation_id(), address=address)
            told = self._notes.cloned(user, passkey.name, actor=actor)
            if self._factors.suspect_clone(passkey, now, spent=spent, more=told):
                raise PasskeyCloned
            raise ChallengeInvalid
        used = Write(
            key=passkey_key(user.id, passkey.id),
            set={"sign_count": proven.sign_count, "last_used_at": to_rfc3339(now)},
            # Whoever signed later may be here first; then this one is refused, as a copy would be.
            condition="#sign_count < :count" if proven.sign_count else "#sign_count = :count",
            values={"count": proven.sign_count},
        )
        return PasskeyProof(user=user, writes=(used, spent))

    def _claimed(self, claim: Claim) -> tuple[User, Passkey]:
        text = claim.user_handle.decode("ascii", errors="replace")
        if not re.fullmatch(id_pattern(USER_ID_PREFIX), text):
            raise CeremonyRefused("the answer is of nobody that we know")
        user, passkey = self._factors.passkey(UserId(text), passkey_id_of(claim.credential_id))
        if user is None or passkey is None or passkey.credential_id != claim.credential_id:
            raise CeremonyRefused("the account has no such passkey")
        return user, passkey


class PasskeySignIn:
    """Opens sessions for passkeys, which stand for two factors."""

    def __init__(self, proofs: PasskeyProofs, *, sessions: Sessions) -> None:
        self._proofs = proofs
        self._sessions = sessions

    def sign_in(
        self,
        challenge_token: str,
        credential: Mapping[str, Any],
        *,
        device: Device,
    ) -> SignedIn:
        """Opens the session of whose passkey it is. One read and one transaction.

        Raises `ChallengeInvalid`, `PasskeyRefused`, `PasskeyCloned` or `SignInOutdated`.
        """
        proof = self._proofs.proof(challenge_token, credential, address=device.address)
        try:
            return self._sessions.open(
                proof.user,
                method=SIGN_IN_METHOD,
                device=device,
                more=proof.writes,
            )
        except TransactionRefused as refused:
            raise spent_before(refused) from refused


def spent_before(refused: TransactionRefused) -> ChallengeInvalid | PasskeyRefused:
    """Why a proof could not be spent: it had been before, or the passkey moved on or went."""
    return ChallengeInvalid() if _SPENT in refused.failed else PasskeyRefused()


def _has_risen(kept: int, shown: int) -> bool:
    return shown > kept or kept == shown == 0
