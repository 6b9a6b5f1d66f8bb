"""Step-up: proving once more that one is there, before an act that a thief would like.

The proof is as strong as the account's own sign-in: where an authenticator app is set up, its code
(or a recovery code) is asked for and the password alone is not enough; a passkey always is. Each
proof is spent in the transaction that notes it on the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialflow.identity.errors import AccessTokenInvalid
from socialflow.identity.factors.codes import Codes
from socialflow.identity.factors.errors import ChallengeInvalid, PasskeyRefused, StepUpRefused
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.passkey_proofs import PasskeyProofs
from socialflow.identity.factors.repository import FactorRepository
from socialflow.identity.factors.tries import Tries
from socialflow.identity.keys import login_key
from socialflow.identity.models import User
from socialflow.identity.passwords.hashing import Passwords
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.sessions import Sessions
from socialflow.identity.sessions.states import step_up_methods
from socialflow.identity.staff.audit import Actor
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.principal import Principal


class StepUp:
    """Ways for a signed-in caller to have their session's `verified_at` set to now.

    All raise `StepUpRefused`, naming the ways that there are, `TooManyAttempts` or `SessionEnded`.
    """

    def __init__(
        self,
        repository: IdentityRepository,
        factors: FactorRepository,
        *,
        sessions: Sessions,
        passwords: Passwords,
        codes: Codes,
        tries: Tries,
        notes: FactorNotes,
    ) -> None:
        self._repository = repository
        self._factors = factors
        self._sessions = sessions
        self._passwords = passwords
        self._codes = codes
        self._tries = tries
        self._notes = notes

    def by_password(self, principal: Principal, password: str) -> None:
        """With the password, where it is all that a sign-in takes. Two reads, one transaction."""
        forget = self._tries.of_step_up(principal.user_id)
        user = self._repository.user(principal.user_id, consistent=True)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        if user.second_factor or not user.has_password or not user.email:
            raise _refused(user)
        login = self._repository.login(user.email)
        if login is None or not self._passwords.matches(password, login.password_hash):
            raise _refused(user)
        unchanged = Write(
            key=login_key(user.email),
            check=True,
            condition="#password_hash = :verified",
            values={"verified": login.password_hash},
        )
        self._note(principal, user, [unchanged, *forget])

    def by_code(self, principal: Principal, code: str, *, actor: Actor) -> None:
        """With a code of the app or a recovery code. One read, one transaction."""
        forget = self._tries.of_step_up(principal.user_id)
        standing = self._factors.standing(principal.user_id)
        if standing.user is None:
            raise AccessTokenInvalid("This account is gone.")
        spent = self._codes.spending(standing, code)
        if spent is None:
            raise _refused(standing.user)
        told = self._notes.code_used(standing.user, spent, actor=actor)
        self._note(principal, standing.user, [spent.write, *told, *forget])

    def by_passkey(
        self,
        principal: Principal,
        proofs: PasskeyProofs,
        challenge_token: str,
        credential: Mapping[str, Any],
        *,
        actor: Actor,
    ) -> None:
        """With one of the caller's own passkeys. Up to two reads, one transaction."""
        try:
            proof = proofs.proof(challenge_token, credential, address=actor.address)
        except (ChallengeInvalid, PasskeyRefused) as error:
            raise self._refused(principal) from error
        if proof.user.id != principal.user_id:
            raise self._refused(principal)
        self._note(principal, proof.user, proof.writes)

    def _note(self, principal: Principal, user: User, writes: Sequence[Write]) -> None:
        try:
            self._sessions.verified(principal, more=writes)
        except TransactionRefused as refused:
            raise _refused(user) from refused

    def _refused(self, principal: Principal) -> StepUpRefused:
        user = self._repository.user(principal.user_id)
        return StepUpRefused(step_up_methods(user) if user else ())


def _refused(user: User) -> StepUpRefused:
    return StepUpRefused(step_up_methods(user))
