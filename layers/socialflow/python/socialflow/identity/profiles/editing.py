"""One's own profile: seen, edited, renamed; and what others see of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from socialflow.identity.errors import AccessTokenInvalid, HandleTaken, UserChanged
from socialflow.identity.models import AccountState, User, clean_display_name, normal_handle
from socialflow.identity.profiles.details import (
    BirthBand,
    Interest,
    clean_bio,
    clean_interests,
    clean_links,
    clean_locale,
)
from socialflow.identity.profiles.errors import (
    HandleChangedRecently,
    PersonNotFound,
    ProfileEditedMeanwhile,
)
from socialflow.identity.profiles.handles import CLAIMS, change_after, move_writes
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.staff.audit import Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.dynamodb import TransactionRefused
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal, UserId

MAX_RACES: Final = 3

_CLEAN: Final[Mapping[str, Callable[..., object]]] = {
    "display_name": clean_display_name,
    "bio": clean_bio,
    "links": clean_links,
    "locale": clean_locale,
    "birth_band": lambda band: BirthBand(band).value,
    "interests": lambda names: clean_interests([Interest(name) for name in names]),
}
_OPTIONAL: Final = frozenset({"locale", "birth_band"})


class Profiles:
    """What people do with their profiles. Every change is one transaction."""

    def __init__(self, repository: IdentityRepository, *, clock: Clock, new_id: IdFactory) -> None:
        self._repository = repository
        self._clock = clock
        self._new_id = new_id

    def mine(self, caller: Principal) -> User:
        """The caller's account, as it is now; raises `AccessTokenInvalid` where there is none."""
        return self._mine(caller.user_id)

    def shown(self, handle: str) -> User:
        """The account behind a handle, to show its profile. Two reads.

        Raises `PersonNotFound` also for an account that is about to be deleted.
        """
        profile = self._repository.profile_by_handle(handle.lower())
        user = self._repository.user(profile.id) if profile else None
        if user is None or user.state is not AccountState.ACTIVE or user.handle != handle.lower():
            raise PersonNotFound
        return user

    def edit(
        self, caller: Principal, changes: Mapping[str, object], *, expected_version: int | None
    ) -> User:
        """Changes what is named in `changes` and nothing else; None empties what may be empty.

        Names beyond those of a profile are a fault of ours and raise `KeyError`. Raises
        `ProfileEditedMeanwhile` where the account is not at `expected_version`, and the refusals
        of each value.
        """
        cleaned = {name: _cleaned(name, value) for name, value in changes.items()}
        for _ in range(MAX_RACES):
            user = self._mine(caller.user_id)
            if expected_version is not None and user.version != expected_version:
                raise ProfileEditedMeanwhile
            edited = replace(user, **cleaned)  # type: ignore[arg-type]  # by _CLEAN's own names
            if edited == user:
                return user
            try:
                return self._repository.save_user(user, edited)
            except UserChanged:
                if expected_version is not None:
                    raise ProfileEditedMeanwhile from None
        raise UserChanged

    def change_handle(self, caller: Principal, handle: str, *, actor: Actor) -> User:
        """Gives the caller another handle; the present one again changes nothing.

        Raises `HandleInvalid`, `HandleReserved`, `HandleTaken`, `HandleChangedRecently`.
        """
        wanted, now = normal_handle(handle), self._clock()
        user = self._mine(caller.user_id)
        if user.handle == wanted:
            return user
        again = change_after(user)
        if again and now < again:
            raise HandleChangedRecently(change_after=again)
        renamed = replace(user, handle=wanted, handle_changed_at=now)
        entry = AuditEntry(
            id=self._new_id("aud"),
            at=now,
            act="handle.changed",
            actor=actor,
            target=user.id,
            before={"handle": user.handle},
            after={"handle": wanted},
        )
        try:
            return self._repository.save_user(
                user, renamed, more=[*move_writes(user, renamed, now=now), audit_write(entry)]
            )
        except TransactionRefused as refused:
            if CLAIMS & set(refused.failed):
                raise HandleTaken("This handle is taken; choose another.") from refused
            raise UserChanged from refused

    def _mine(self, user_id: UserId) -> User:
        user = self._repository.user(user_id, consistent=True)
        if user is None:
            raise AccessTokenInvalid("This account is gone.")
        return user


def _cleaned(name: str, value: object) -> object:
    if value is None and name in _OPTIONAL:
        return None
    return _CLEAN[name](value)
