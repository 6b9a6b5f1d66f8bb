"""Accounts, logins and sessions in DynamoDB. Every change is one write or one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from socialflow.identity import keys
from socialflow.identity.errors import EmailTaken, HandleTaken, SignInOutdated, UserChanged
from socialflow.identity.models import Profile, User
from socialflow.identity.records import (
    Login,
    account_copy,
    handle_item,
    login_from,
    login_item,
    profile_from,
    session_from,
    session_item,
    skeleton_item,
    user_from,
    user_item,
)
from socialflow.identity.sessions.models import Session
from socialflow.platform.dynamodb import (
    MAX_BATCH_GET_KEYS,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import SessionId, UserId

_NEW = "attribute_not_exists(pk)"
# Names that were given up are reserved for a while; DynamoDB removes them some time after that.
_FREE = "attribute_not_exists(pk) OR #expires_at <= :now"


class IdentityRepository:
    """The identity table."""

    def __init__(self, table: Table, *, new_id: IdFactory) -> None:
        self._table = table
        self._new_id = new_id

    def create_account(self, login: Login, session: Session, *, more: Sequence[Write] = ()) -> None:
        """Writes account, login (where it has an address), handle, first session and `more`
        together or not at all. Nobody else may have the handle or one that looks like it.

        Raises `EmailTaken` or `HandleTaken` (the address first, where both are), or
        `TransactionRefused` with positions in `more`.
        """
        user = login.user
        now = {"now": int(user.created_at.timestamp())}
        writes = [
            Write(put=user_item(user), condition=_NEW),
            Write(put=session_item(session), condition=_NEW),
            Write(put=handle_item(user.profile), condition=_FREE, values=now),
            Write(put=skeleton_item(user.profile), condition=_FREE, values=now),
            *([Write(put=login_item(login), condition=_NEW)] if user.email else []),
        ]
        try:
            self._table.transact([*writes, *more], token=self._new_id("txn"))
        except TransactionRefused as refused:
            if user.email and 4 in refused.failed:
                raise EmailTaken("An account with this e-mail address exists; log in.") from refused
            if {2, 3} & set(refused.failed):
                raise HandleTaken("This handle is taken; choose another.") from refused
            raise _of_more(refused, len(writes)) from refused

    def save_user(
        self,
        old: User,
        new: User,
        *,
        password_hash: str | None = None,
        more: Sequence[Write] = (),
    ) -> User:
        """Keeps a change of an account with its copies, and `more`, together or not at all.

        Returns it with its new version. The copies in the login and handle items follow; where the
        address or the handle itself changes, the caller's `more` says what becomes of those items.
        `password_hash` takes the place of the login's. Raises `UserChanged` where somebody was
        first, or `TransactionRefused` with positions in `more`.
        """
        new = replace(new, version=old.version + 1)
        writes = [
            Write(
                put=user_item(new),
                condition="#version = :version",
                values={"version": old.version},
            )
        ]
        if new.email and new.email == old.email:
            writes.append(
                Write(
                    key=keys.login_key(new.email),
                    set=account_copy(new) | _hash(password_hash),
                    condition="attribute_exists(pk)",
                )
            )
        if new.handle == old.handle and new.profile != old.profile:
            writes.append(
                Write(
                    put=handle_item(new.profile),
                    condition="#user_id = :user",
                    values={"user": new.id},
                )
            )
        try:
            self._table.transact([*writes, *more], token=self._new_id("txn"))
        except TransactionRefused as refused:
            if min(refused.failed) < len(writes):
                raise UserChanged from refused
            raise _of_more(refused, len(writes)) from refused
        return new

    def write_all(self, writes: Sequence[Write]) -> None:
        """Does writes of a use case in one transaction; raises `TransactionRefused`."""
        self._table.transact(writes, token=self._new_id("txn"))

    def login(self, email: str) -> Login | None:
        """The login of an address in normal form, read consistently."""
        item = self._table.get(keys.login_key(email), consistent=True)
        return login_from(item) if item else None

    def user(self, user_id: UserId, *, consistent: bool = False) -> User | None:
        """An account."""
        item = self._table.get(keys.user_key(user_id), consistent=consistent)
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
        """The profile under a handle in normal form.

        Nobody's under one that was given up, or whose owner is about to leave.
        """
        item = self._table.get(keys.handle_key(handle))
        if item is None or item["kind"] != "handle" or item.get("hidden"):
            return None
        return profile_from(item)

    def open_session(self, session: Session, *, more: Sequence[Write] = ()) -> None:
        """Keeps a new session, and `more`, if the account's sessions were not ended meanwhile.

        Raises `SignInOutdated`, or `TransactionRefused` with positions in `more`.
        """
        writes = [
            Write(put=session_item(session), condition=_NEW),
            Write(
                key=keys.user_key(session.user_id),
                check=True,
                condition="#sessions_epoch = :epoch",
                values={"epoch": session.epoch},
            ),
        ]
        try:
            self._table.transact([*writes, *more], token=self._new_id("txn"))
        except TransactionRefused as refused:
            if min(refused.failed) < len(writes):
                raise SignInOutdated from refused
            raise _of_more(refused, len(writes)) from refused

    def session(self, user_id: UserId, session_id: SessionId) -> Session | None:
        """A session, ended ones included until they expire; read consistently."""
        item = self._table.get(keys.session_key(user_id, session_id), consistent=True)
        return session_from(item) if item else None


def _hash(password_hash: str | None) -> dict[str, object]:
    return {"password_hash": password_hash} if password_hash else {}


def _of_more(refused: TransactionRefused, before: int) -> TransactionRefused:
    """The refusal as whoever gave `more` counts."""
    return TransactionRefused(
        [position - before for position in refused.failed],
        {position - before: item for position, item in refused.items.items()},
    )
