"""Sessions in DynamoDB: read with their account, rotated, listed and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from socialflow.identity import keys
from socialflow.identity.models import User
from socialflow.identity.records import session_from, user_from
from socialflow.identity.sessions.models import Session
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import SessionId, UserId

# A session that is over is nothing to anybody, but for who asks why.
ENDED_KEPT: Final = timedelta(days=7)
# Where most of an account's sessions are over, a page of open ones takes more than one query.
MAX_QUERIES: Final = 5
_OPEN: Final = "attribute_exists(pk) AND attribute_not_exists(#ended_at)"


class EndReason(StrEnum):
    """Why a session is over."""

    LOGGED_OUT = "logged_out"
    REVOKED = "revoked"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105 - a reason, not a token


class RotationRefused(Exception):
    """The session is not at the generation that the token names; `session` is what it is."""

    def __init__(self, session: Session | None) -> None:
        super().__init__("rotation refused")
        self.session = session


@dataclass(frozen=True, slots=True)
class OpenSessions:
    """Some of an account's open sessions, newest first, and where to go on (None at the end)."""

    items: list[Session]
    next_position: str | None


class SessionRepository:
    """The sessions in the identity table."""

    def __init__(self, table: Table, *, new_id: IdFactory) -> None:
        self._table = table
        self._new_id = new_id

    def with_user(
        self, user_id: UserId, session_id: SessionId
    ) -> tuple[Session | None, User | None]:
        """A session and its account as they are now, in one read; None for what is not there."""
        wanted = [keys.session_key(user_id, session_id), keys.user_key(user_id)]
        found = {item["kind"]: item for item in self._table.get_many(wanted, consistent=True)}
        return (
            session_from(found["session"]) if "session" in found else None,
            user_from(found["user"]) if "user" in found else None,
        )

    def rotate(self, session: Session, rotated: Session) -> None:
        """Moves an open session on by one generation; raises `RotationRefused`.

        Of any number of callers at the same generation exactly one gets through.
        """
        try:
            self._table.write(
                Write(
                    key=keys.session_key(session.user_id, session.id),
                    set={
                        "rotated_at": to_rfc3339(rotated.rotated_at),
                        "expires_at": int(rotated.expires_at.timestamp()),
                        "address": rotated.address,
                        "refresh_window": rotated.refresh_window,
                        "refreshes": rotated.refreshes,
                    },
                    add={"generation": 1},
                    condition=f"#generation = :generation AND {_OPEN}",
                    values={"generation": session.generation},
                )
            )
        except ConditionFailed as refused:
            raise RotationRefused(session_from(refused.item) if refused.item else None) from refused

    def open_of(self, user: User, *, after: str | None, limit: int, now: datetime) -> OpenSessions:
        """A page of the sessions that are open. One that was opened just now may be missing."""
        found: list[Session] = []
        for _ in range(MAX_QUERIES):
            page = self._table.query(
                keys.user_key(user.id)["pk"],
                prefix=keys.SESSION_PREFIX,
                after=after,
                limit=limit,
                newest_first=True,
                consistent=True,
            )
            for item in page.items:
                session = session_from(item)
                if session.is_of(user) and session.is_open(now):
                    found.append(session)
                    if len(found) == limit:
                        more = item is not page.items[-1] or page.next_position
                        return OpenSessions(found, item["sk"] if more else None)
            after = page.next_position
            if after is None:
                break
        return OpenSessions(found, after)

    def end(
        self,
        user_id: UserId,
        session_id: SessionId,
        *,
        reason: EndReason,
        now: datetime,
        more: Sequence[Write] = (),
    ) -> bool:
        """Ends a session together with `more`; False, and nothing done, where it was over."""
        end = Write(
            key=keys.session_key(user_id, session_id),
            set={
                "ended_at": to_rfc3339(now),
                "end_reason": reason,
                "expires_at": int((now + ENDED_KEPT).timestamp()),
            },
            condition=_OPEN,
        )
        try:
            if more:
                self._table.transact([end, *more], token=self._new_id("txn"))
            else:
                self._table.write(end)
        except (ConditionFailed, TransactionRefused):
            return False
        return True

    def verify(
        self,
        user_id: UserId,
        session_id: SessionId,
        *,
        now: datetime,
        more: Sequence[Write] = (),
    ) -> bool:
        """Notes that the session's owner proved who they are, together with `more`.

        False, and nothing done, where the session is over. Raises `TransactionRefused` with
        positions in `more`.
        """
        verify = Write(
            key=keys.session_key(user_id, session_id),
            set={"verified_at": to_rfc3339(now)},
            condition=_OPEN,
        )
        try:
            self._table.transact([verify, *more], token=self._new_id("txn"))
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return False
            raise TransactionRefused([each - 1 for each in refused.failed]) from refused
        return True
