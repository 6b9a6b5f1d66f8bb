"""Whether a session is still open, for every function that takes access tokens.

A token is good for 15 minutes by itself. A session that was ended must not write from the next
request on, nor read beyond a minute: so whatever writes asks the table, and reads ask a memory of
45 seconds in the process, whose one read covers session and account.

The account's roles come with it, as they are now: one that was taken away is gone as fast.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialflow.identity.errors import SessionEnded
from socialflow.identity.models import User
from socialflow.identity.sessions.models import Session
from socialflow.platform.clock import Clock
from socialflow.platform.principal import Principal, SessionId

if TYPE_CHECKING:
    from socialflow.identity.sessions.session_repository import SessionRepository

KEEP: Final = timedelta(seconds=45)
MAX_KEPT: Final = 4096
RECENT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """An open session. `verified_at` is when its owner last proved who they are, `methods` are
    the ways in which they can do so again."""

    roles: frozenset[str]
    verified_at: datetime
    methods: tuple[str, ...]

    def is_recent(self, now: datetime) -> bool:
        """Whether the proof is fresh enough for a sensitive act."""
        return now - self.verified_at <= RECENT


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a read found, and when. None of a session that is over: it will never be open again."""

    found: tuple[Session, User] | None
    read_at: datetime


class SessionStates:
    """Read-only; any context may use it."""

    def __init__(self, sessions: SessionRepository, *, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._kept: OrderedDict[SessionId, _Kept] = OrderedDict()

    def check(self, principal: Principal, *, fresh: bool) -> SessionState:
        """The caller's session; raises `SessionEnded` where it is over.

        With `fresh` as it is now, one consistent read; else as it was 45 seconds ago at most.
        """
        now = self._clock()
        kept = self._kept.get(principal.session_id)
        if kept is None or (kept.found and (fresh or now - kept.read_at >= KEEP)):
            kept = self._read(principal, now)
        if kept.found is None:
            raise SessionEnded
        session, user = kept.found
        return SessionState(
            roles=frozenset(user.roles(now)),
            verified_at=session.verified_at,
            methods=step_up_methods(user),
        )

    def _read(self, principal: Principal, now: datetime) -> _Kept:
        session, user = self._sessions.with_user(principal.user_id, principal.session_id)
        is_open = session and user and session.is_of(user) and session.is_open(now)
        kept = _Kept((session, user) if session and user and is_open else None, now)
        self._kept[principal.session_id] = kept
        self._kept.move_to_end(principal.session_id)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return kept


def step_up_methods(user: User) -> tuple[str, ...]:
    """How an account's owner can prove who they are without signing in anew.

    Where there is a second factor, a password alone proves too little. Whoever has none of these
    signs in again: a new session counts as a proof.
    """
    ways = {
        "password": user.has_password and not user.second_factor,
        "totp": user.second_factor,
        "passkey": user.passkeys > 0,
    }
    return tuple(name for name, there in ways.items() if there)
