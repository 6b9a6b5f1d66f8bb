"""An account's passkeys: making one, and what its owner does with those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from socialflow.identity.errors import AccessTokenInvalid, LastSignInMethod
from socialflow.identity.factors import ceremonies
from socialflow.identity.factors.ceremonies import CeremonyRefused, Known, RelyingParty
from socialflow.identity.factors.challenges import Ceremony, ChallengeOver, PasskeyChallenges
from socialflow.identity.factors.errors import (
    PasskeyChallengeOver,
    PasskeyInvalid,
    PasskeyKnown,
    PasskeyLimitReached,
    PasskeyNotFound,
)
from socialflow.identity.factors.notes import FactorNotes
from socialflow.identity.factors.records import (
    NEW,
    Passkey,
    PasskeyId,
    credential_item,
    credential_key,
    passkey_id_of,
    passkey_item,
    passkey_key,
    spent_write,
)
from socialflow.identity.factors.repository import MAX_PASSKEYS, FactorRepository
from socialflow.identity.models import User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.staff.audit import Actor
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.principal import Principal

_SPENT: Final = 2  # the place of the challenge among the writes


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyOptions:
    """What a browser is asked; `challenge_token` comes back with its answer."""

    challenge_token: str
    public_key: dict[str, Any]
    expires_at: datetime


class Passkeys:
    """Use cases of the signed-in owner of an account."""

    def __init__(
        self,
        repository: IdentityRepository,
        factors: FactorRepository,
        *,
        party: RelyingParty,
        challenges: PasskeyChallenges,
        notes: FactorNotes,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._factors = factors
        self._party = party
        self._challenges = challenges
        self._notes = notes
        self._clock = clock

    def options(self, principal: Principal) -> CeremonyOptions:
        """What the browser is asked to make a passkey; raises `PasskeyLimitReached`. Two reads."""
        user = self._repository.user(principal.user_id, consistent=True)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        if user.passkeys >= MAX_PASSKEYS:
            raise PasskeyLimitReached(MAX_PASSKEYS)
        known = [
            Known(credential_id=each.credential_id, transports=each.transports)
            for each in self._factors.passkeys(user.id)
        ]
        challenge = self._challenges.new(Ceremony.REGISTRATION, user_id=user.id)
        public_key = ceremonies.creation_options(
            self._party,
            challenge=challenge.value,
            user_handle=user.id.encode(),
            account=user.handle,
            display_name=user.display_name,
            known=known,
        )
        return CeremonyOptions(
            challenge_token=challenge.token, public_key=public_key, expires_at=challenge.expires_at
        )

    def register(
        self,
        principal: Principal,
        challenge_token: str,
        credential: Mapping[str, Any],
        *,
        name: str,
        actor: Actor,
    ) -> Passkey:
        """Keeps the passkey that the browser made. One read and one transaction.

        The same answer again gets the same passkey. Raises `PasskeyChallengeOver`,
        `PasskeyInvalid`, `PasskeyKnown`, `PasskeyLimitReached` or `UserChanged`.
        """
        try:
            challenge_id, challenge = self._challenges.opened(
                Ceremony.REGISTRATION, challenge_token, user_id=principal.user_id
            )
            made = ceremonies.verify_new(self._party, credential, challenge=challenge)
        except ChallengeOver as error:
            raise PasskeyChallengeOver from error
        except CeremonyRefused as error:
            raise PasskeyInvalid from error
        passkey_id = passkey_id_of(made.credential_id)
        user, kept = self._factors.passkey(principal.user_id, passkey_id)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        if kept:
            return _repeated(kept, challenge_id)
        if user.passkeys >= MAX_PASSKEYS:
            raise PasskeyLimitReached(MAX_PASSKEYS)
        passkey = Passkey(
            id=passkey_id,
            user_id=user.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=name,
            created_at=self._clock(),
            challenge_id=challenge_id,
            aaguid=made.aaguid,
            transports=made.transports,
            can_be_synced=made.can_be_synced,
        )
        self._keep(user, passkey, actor=actor)
        return passkey

    def all(self, principal: Principal) -> list[Passkey]:
        """The caller's passkeys, oldest first, 20 at most."""
        return self._factors.passkeys(principal.user_id)

    def rename(
        self, principal: Principal, passkey_id: PasskeyId, name: str, *, edits: int | None
    ) -> Passkey:
        """Names a passkey otherwise; raises `PasskeyNotFound` or `PasskeyEditedMeanwhile`."""
        return self._factors.rename_passkey(principal.user_id, passkey_id, name, edits=edits)

    def remove(
        self,
        principal: Principal,
        passkey_id: PasskeyId,
        *,
        actor: Actor,
    ) -> None:
        """Takes a passkey away. One read and one transaction.

        Raises `PasskeyNotFound`, `LastSignInMethod` or `UserChanged`.
        """
        user, passkey = self._factors.passkey(principal.user_id, passkey_id)
        if user is None or passkey is None:
            raise PasskeyNotFound
        if user.passkeys <= 1 and not user.has_password and not user.providers:
            raise LastSignInMethod
        writes = [
            Write(
                key=passkey_key(user.id, passkey.id),
                delete=True,
                condition="attribute_exists(pk)",
            ),
            Write(key=credential_key(passkey.id), delete=True),
            *self._notes.changed(
                user,
                "passkey.removed",
                f"The passkey \u201c{passkey.name}\u201d was removed.",
                actor=actor,
                before={"name": passkey.name, "passkey_id": passkey.id},
            ),
        ]
        fewer = replace(user, passkeys=user.passkeys - 1)
        try:
            self._repository.save_user(user, fewer, more=writes)
        except TransactionRefused as refused:
            raise PasskeyNotFound from refused

    def _keep(self, user: User, passkey: Passkey, *, actor: Actor) -> None:
        writes = [
            Write(put=passkey_item(passkey), condition=NEW),
            Write(put=credential_item(passkey), condition=NEW),
            spent_write(passkey.challenge_id, self._clock()),
            *self._notes.changed(
                user,
                "passkey.added",
                f"The passkey \u201c{passkey.name}\u201d was added.",
                actor=actor,
                after={"name": passkey.name, "passkey_id": passkey.id},
            ),
        ]
        more = replace(user, passkeys=user.passkeys + 1)
        try:
            self._repository.save_user(user, more, more=writes)
        except TransactionRefused as refused:
            if _SPENT in refused.failed:
                raise PasskeyChallengeOver from refused
            raise PasskeyKnown from refused


def _repeated(kept: Passkey, challenge_id: str) -> Passkey:
    """The passkey that the same request made before; raises `PasskeyKnown`."""
    if kept.challenge_id != challenge_id:
        raise PasskeyKnown
    return kept
