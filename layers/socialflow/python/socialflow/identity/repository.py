"""Accounts, logins and sessions in DynamoDB. Every change is one write or one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from socialflow.identity import keys
from socialflow.identity.errors import EmailTaken, HandleTaken
from socialflow.identity.models import SESSION_IDLE, Profile, Session, User
from socialflow.identity.records import (
    Login,
    handle_item,
    login_from,
    login_item,
    profile_from,
    session_from,
    session_item,
    user_from,
    user_item,
)
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import (
    MAX_BATCH_GET_KEYS,
    ConditionFailed,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import SessionId, UserId

_NEW = "attribute_not_exists(pk)"


class EndReason(StrEnum):
    """Why a session is over."""

    LOGGED_OUT = "logged_out"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105 - a reason, not a token


class PasswordMoved(Exception):
    """The stored hash is no longer the one that was verified."""


class RotationRefused(Exception):
    """The session is not at the generation that the token names; `session` is what it is."""

    def __init__(self, session: Session | None) -> None:
        super().__init__("rotation refused")
        self.session = session


class IdentityRepository:
    """The identity table."""

    def __init__(self, table: Table, *, new_id: IdFactory) -> None:
        self._table = table
        self._new_id = new_id

    def create_account(self, login: Login, session: Session) -> None:
        """Writes account, login, handle and first session together or not at all.

        Raises `EmailTaken` or `HandleTaken` (the address first, where both are).
        """
        user = login.user
        profile = Profile(id=user.id, handle=user.handle, display_name=user.display_name)
        try:
            self._table.transact(
                [
                    Write(put=user_item(user), condition=_NEW),
                    Write(put=login_item(login), condition=_NEW),
                    Write(put=handle_item(profile), condition=_NEW),
                    Write(put=session_item(session), condition=_NEW),
                ],
                token=self._new_id("txn"),
            )
        except TransactionRefused as refused:
            if 2 in refused.failed and 1 not in refused.failed:
                raise HandleTaken("This handle is taken; choose another.") from refused
            raise EmailTaken("An account with this e-mail address exists; log in.") from refused

    def login(self, email: str) -> Login | None:
        """The login of an address in normal form, read consistently."""
        item = self._table.get(keys.login_key(email), consistent=True)
        return login_from(item) if item else None

    def user(self, user_id: UserId) -> User | None:
        """An account."""
        item = self._table.get(keys.user_key(user_id))
        return user_from(item) if item else None

    def profiles(self, ids: Sequence[UserId]) -> list[Profile]:
        """The profiles of those ids that exist, in no particular order."""
        return [
            profile_from(item)
            for start in range(0, len(ids), MAX_BATCH_GET_KEYS)
            for item in self._table.get_many(
                [keys.user_key(id_) for id_ in ids[start : start + MAX_BATCH_GET_KEYS]]
            )
        ]

    def profile_by_handle(self, handle: str) -> Profile | None:
        """The profile under a handle in normal form."""
        item = self._table.get(keys.handle_key(handle))
        return profile_from(item) if item else None

    def start_session(self, session: Session) -> None:
        """Keeps a new session."""
        self._table.write(Write(put=session_item(session), condition=_NEW))

    def start_session_and_rehash(self, session: Session, login: Login, new_hash: str) -> None:
        """Keeps a new session and a stronger hash of the password that opened it.

        Raises `PasswordMoved` where another log-in or a new password was first.
        """
        rehash = Write(
            key=keys.login_key(login.user.email),
            set={"password_hash": new_hash},
            condition="#password_hash = :verified",
            values={"verified": login.password_hash},
        )
        try:
            self._table.transact(
                [Write(put=session_item(session), condition=_NEW), rehash],
                token=self._new_id("txn"),
            )
        except TransactionRefused as refused:
            raise PasswordMoved from refused

    def session(self, user_id: UserId, session_id: SessionId) -> Session | None:
        """A session, ended ones included until they expire; read consistently."""
        item = self._table.get(keys.session_key(user_id, session_id), consistent=True)
        return session_from(item) if item else None

    def rotate(
        self,
        user_id: UserId,
        session_id: SessionId,
        *,
        root_hash: str,
        generation: int,
        now: datetime,
    ) -> None:
        """Moves an open session from `generation` to the next; raises `RotationRefused`.

        Of any number of callers with the same generation exactly one gets through.
        """
        try:
            self._table.write(
                Write(
                    key=keys.session_key(user_id, session_id),
                    set={
                        "rotated_at": to_rfc3339(now),
                        "expires_at": int((now + SESSION_IDLE).timestamp()),
                    },
                    add={"generation": 1},
                    condition=(
                        "#root_hash = :root_hash AND #generation = :generation "
                        "AND attribute_not_exists(#ended_at) "
                        "AND #expires_at > :now AND #ends_by > :now"
                    ),
                    values={
                        "root_hash": root_hash,
                        "generation": generation,
                        "now": int(now.timestamp()),
                    },
                )
            )
        except ConditionFailed as refused:
            raise RotationRefused(session_from(refused.item) if refused.item else None) from refused

    def end_session(
        self, user_id: UserId, session_id: SessionId, *, reason: EndReason, now: datetime
    ) -> None:
        """Ends a session. One that ended before, or is gone, stays as it is."""
        try:
            self._table.write(
                Write(
                    key=keys.session_key(user_id, session_id),
                    set={"ended_at": to_rfc3339(now), "end_reason": reason},
                    condition="attribute_exists(pk) AND attribute_not_exists(#ended_at)",
                )
            )
        except ConditionFailed:
            # Over already, which is what the caller wants.
            return
