"""What admins do with accounts: find one, give and take roles, throw its devices out.

Every change is one transaction with its entry in the audit log, which says why. Asked for twice,
it is done and told of once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from socialflow.identity.errors import EmailInvalid, UserChanged
from socialflow.identity.models import RoleGrant, User, normal_email
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.session_repository import SessionRepository
from socialflow.identity.staff.audit import (
    AUDIT_ID_PREFIX,
    OPERATOR,
    Actor,
    AuditEntry,
    audit_write,
)
from socialflow.identity.staff.errors import GrantExpired, OwnAdminRole, PersonNotFound
from socialflow.identity.staff.models import PersonView, Role
from socialflow.identity.staff.repository import StaffRepository
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.ids import IdFactory, id_pattern
from socialflow.platform.principal import USER_ID_PREFIX, UserId

MAX_ROUNDS: Final = 3


class People:
    """Accounts, for staff. Who may call is declared where it is called."""

    def __init__(
        self,
        repository: IdentityRepository,
        sessions: SessionRepository,
        staff: StaffRepository,
        *,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._staff = staff
        self._clock = clock
        self._new_id = new_id

    def find(self, query: str) -> list[User]:
        """The account of an id, an address or a handle, exactly, former handles included: one at
        most. Two reads."""
        user_id = self._id_of(query.strip())
        user = self._repository.user(user_id) if user_id else None
        return [user] if user else []

    def show(self, user_id: UserId) -> PersonView:
        """An account and what it was called before. Raises `PersonNotFound`."""
        user = self._person(user_id)
        return PersonView(user=user, former_handles=tuple(self._staff.former_handles(user_id)))

    def grant(
        self,
        user_id: UserId,
        role: Role,
        *,
        expires_at: datetime | None,
        reason: str,
        actor: Actor,
    ) -> User:
        """Gives an account a role until `expires_at`, or for good; a grant that it has is replaced.

        Raises `PersonNotFound`, `OwnAdminRole`, `GrantExpired`, `UserChanged`.
        """
        _refuse_own_admin(user_id, role, actor)
        if expires_at is not None and expires_at <= self._clock():
            raise GrantExpired
        given = RoleGrant(role=role.value, expires_at=expires_at)

        def with_role(user: User) -> tuple[User, str]:
            return replace(user, grants=(*_others(user, role), given)), "role.granted"

        return self._change(user_id, role, with_role, reason=reason, actor=actor)

    def revoke(self, user_id: UserId, role: Role, *, reason: str, actor: Actor) -> User:
        """Takes a role from an account; again is fine.

        Raises `PersonNotFound`, `OwnAdminRole`, `UserChanged`.
        """
        _refuse_own_admin(user_id, role, actor)

        def without_role(user: User) -> tuple[User, str]:
            return replace(user, grants=_others(user, role)), "role.revoked"

        return self._change(user_id, role, without_role, reason=reason, actor=actor)

    def end_sessions(self, user_id: UserId, *, reason: str, actor: Actor) -> None:
        """Throws every device of an account out; nothing where none is signed in.

        Raises `PersonNotFound`, `UserChanged`.
        """
        for _ in range(MAX_ROUNDS):
            user, now = self._person(user_id), self._clock()
            found = self._sessions.open_of(user, after=None, limit=1, now=now)
            if not found.items and not found.next_position:
                return
            entry = self._entry("sessions.ended_all", user, actor, reason)
            try:
                self._repository.save_user(user, user.without_sessions(), more=[audit_write(entry)])
            except UserChanged:
                continue
            return
        raise UserChanged

    def _change(
        self,
        user_id: UserId,
        role: Role,
        change: Callable[[User], tuple[User, str]],
        *,
        reason: str,
        actor: Actor,
    ) -> User:
        for _ in range(MAX_ROUNDS):
            user = self._person(user_id)
            changed, act = change(user)
            if _told(changed, role) == _told(user, role):
                return user
            entry = replace(
                self._entry(act, user, actor, reason),
                before=_told(user, role),
                after=_told(changed, role),
            )
            try:
                return self._repository.save_user(user, changed, more=[audit_write(entry)])
            except UserChanged:
                continue
        raise UserChanged

    def _entry(self, act: str, user: User, actor: Actor, reason: str) -> AuditEntry:
        return AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=act,
            actor=actor,
            target=user.id,
            reason=reason,
        )

    def _person(self, user_id: UserId) -> User:
        user = self._repository.user(user_id, consistent=True)
        if user is None:
            raise PersonNotFound
        return user

    def _id_of(self, query: str) -> UserId | None:
        if re.fullmatch(id_pattern(USER_ID_PREFIX), query):
            return UserId(query)
        if "@" in query[1:]:
            try:
                login = self._repository.login(normal_email(query))
            except EmailInvalid:
                return None
            return login.user.id if login else None
        return self._staff.owner_of(query.removeprefix("@").lower()) if query else None


class Operator:
    """Who deploys gives the first role of all, past the API. AWS says who may."""

    def __init__(self, people: People) -> None:
        self._people = people

    def grant(
        self,
        handle: str,
        role: Role,
        *,
        expires_at: datetime | None,
        reason: str,
        request_id: str,
    ) -> User:
        """Gives the account of a handle a role. Raises `PersonNotFound`, `GrantExpired`."""
        found = self._people.find(handle)
        if not found:
            raise PersonNotFound
        actor = Actor(id=OPERATOR, request_id=request_id)
        return self._people.grant(
            found[0].id, role, expires_at=expires_at, reason=reason, actor=actor
        )


def _others(user: User, role: Role) -> tuple[RoleGrant, ...]:
    return tuple(grant for grant in user.grants if grant.role != role)


def _told(user: User, role: Role) -> dict[str, str]:
    """How an account holds a role, as the audit log has it: nothing where it does not."""
    for grant in user.grants:
        if grant.role == role:
            until = {"expires_at": to_rfc3339(grant.expires_at)} if grant.expires_at else {}
            return {"role": role.value, **until}
    return {}


def _refuse_own_admin(user_id: UserId, role: Role, actor: Actor) -> None:
    if role is Role.ADMIN and actor.id == user_id:
        raise OwnAdminRole
