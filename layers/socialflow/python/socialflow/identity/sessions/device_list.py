"""The devices of an account: which are signed in, and throwing one or all of them out."""

from __future__ import annotations

from typing import Final

from socialflow.identity.errors import SessionEnded, SessionNotFound, UserChanged
from socialflow.identity.keys import SESSION_PREFIX
from socialflow.identity.models import User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.sessions.session_repository import (
    EndReason,
    OpenSessions,
    SessionRepository,
)
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.cursors import CursorInvalid
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal, SessionId

MAX_ROUNDS: Final = 3


class DeviceList:
    """The caller's own sessions."""

    def __init__(
        self,
        repository: IdentityRepository,
        sessions: SessionRepository,
        *,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._clock = clock
        self._new_id = new_id

    def page(self, principal: Principal, *, after: str | None, limit: int) -> OpenSessions:
        """The caller's open sessions, newest first. Two reads. Raises `CursorInvalid`."""
        if after is not None and not after.startswith(SESSION_PREFIX):
            raise CursorInvalid("This cursor is not valid; start again without one.")
        return self._sessions.open_of(
            self._user(principal), after=after, limit=limit, now=self._clock()
        )

    def end_one(self, principal: Principal, session_id: SessionId, *, actor: Actor) -> None:
        """Ends one of the caller's sessions, the present one not excepted; again is fine.

        Raises `SessionNotFound` where the caller has no such session.
        """
        session, _ = self._sessions.with_user(principal.user_id, session_id)
        if session is None:
            raise SessionNotFound
        entry = self._entry("session.ended", principal, actor, {"device": session.device})
        self._sessions.end(
            principal.user_id,
            session_id,
            reason=EndReason.REVOKED,
            now=self._clock(),
            more=[audit_write(entry)],
        )

    def end_all(self, principal: Principal, *, keep_current: bool, actor: Actor) -> None:
        """Ends all the caller's sessions by one write on the account; nothing where none is open.

        `keep_current` leaves the present one. Raises `UserChanged` where the account kept
        changing meanwhile.
        """
        kept = principal.session_id if keep_current else None
        for _ in range(MAX_ROUNDS):
            user = self._user(principal)
            found = self._sessions.open_of(user, after=None, limit=2, now=self._clock())
            if not found.next_position and all(each.id == kept for each in found.items):
                return
            entry = self._entry("sessions.ended_all", principal, actor, {"but_for": kept or ""})
            try:
                self._repository.save_user(
                    user, user.without_sessions(keep=kept), more=[audit_write(entry)]
                )
            except UserChanged:
                continue
            return
        raise UserChanged

    def _user(self, principal: Principal) -> User:
        user = self._repository.user(principal.user_id, consistent=True)
        if user is None:
            raise SessionEnded
        return user

    def _entry(
        self, act: str, principal: Principal, actor: Actor, before: dict[str, object]
    ) -> AuditEntry:
        return AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=act,
            actor=actor,
            target=principal.user_id,
            before=before,
        )
