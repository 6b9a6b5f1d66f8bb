"""Second factors and passkeys in DynamoDB, read together with the account that they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.factors.errors import PasskeyEditedMeanwhile, PasskeyNotFound
from socialflow.identity.factors.records import (
    PASSKEY_SORT_PREFIX,
    App,
    AppSetup,
    Passkey,
    PasskeyId,
    RecoveryCodes,
    app_from,
    app_key,
    passkey_from,
    passkey_key,
    recovery_from,
    recovery_item,
    recovery_key,
    setup_from,
    setup_item,
    setup_key,
)
from socialflow.identity.keys import user_key
from socialflow.identity.models import User
from socialflow.identity.records import user_from
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import UserId

MAX_PASSKEYS: Final = 20
# Whoever holds a copy could have its owner written to as often as they try it.
CLONE_TOLD_EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An account and what it has of a second factor, all as it was at one moment."""

    user: User | None
    app: App | None = None
    setup: AppSetup | None = None
    recovery: RecoveryCodes | None = None


class FactorRepository:
    """The identity table's items of `records`."""

    def __init__(self, table: Table, *, new_id: IdFactory) -> None:
        self._table = table
        self._new_id = new_id

    def standing(self, user_id: UserId) -> Standing:
        """The account, its app (set up or about to be) and its codes; one consistent read."""
        wanted = [key(user_id) for key in (user_key, app_key, setup_key, recovery_key)]
        found = {item["kind"]: item for item in self._table.get_many(wanted, consistent=True)}
        return Standing(
            user=user_from(found["user"]) if "user" in found else None,
            app=app_from(found["totp"]) if "totp" in found else None,
            setup=setup_from(found["totp_setup"]) if "totp_setup" in found else None,
            recovery=recovery_from(found["recovery_codes"]) if "recovery_codes" in found else None,
        )

    def begin_setup(self, setup: AppSetup) -> None:
        """Keeps a set-up in the place of an earlier one."""
        self._table.write(Write(put=setup_item(setup)))

    def replace_codes(self, codes: RecoveryCodes, *, more: Sequence[Write]) -> None:
        """Puts new codes in the place of the old; raises `TransactionRefused` without an app."""
        self._table.transact(
            [
                Write(key=app_key(codes.user_id), check=True, condition="attribute_exists(pk)"),
                Write(put=recovery_item(codes)),
                *more,
            ],
            token=self._new_id("txn"),
        )

    def passkey(self, user_id: UserId, passkey_id: PasskeyId) -> tuple[User | None, Passkey | None]:
        """An account and one of its passkeys; one consistent read."""
        wanted = [user_key(user_id), passkey_key(user_id, passkey_id)]
        found = {item["kind"]: item for item in self._table.get_many(wanted, consistent=True)}
        return (
            user_from(found["user"]) if "user" in found else None,
            passkey_from(found["passkey"]) if "passkey" in found else None,
        )

    def passkeys(self, user_id: UserId) -> list[Passkey]:
        """All of an account's passkeys, oldest first."""
        page = self._table.query(
            user_key(user_id)["pk"],
            prefix=PASSKEY_SORT_PREFIX,
            limit=MAX_PASSKEYS,
            consistent=True,
        )
        return sorted(map(passkey_from, page.items), key=lambda each: each.created_at)

    def rename_passkey(
        self, user_id: UserId, passkey_id: PasskeyId, name: str, *, edits: int | None
    ) -> Passkey:
        """The passkey under its new name, if it was edited `edits` times (None: however often).

        Raises `PasskeyNotFound` or `PasskeyEditedMeanwhile`.
        """
        unchanged = {} if edits is None else {"edits": edits}
        try:
            item = self._table.write(
                Write(
                    key=passkey_key(user_id, passkey_id),
                    set={"name": name},
                    add={"edits": 1},
                    condition="attribute_exists(pk)"
                    + (" AND #edits = :edits" if unchanged else ""),
                    values=unchanged,
                )
            )
        except ConditionFailed as refused:
            raise (PasskeyEditedMeanwhile if refused.item else PasskeyNotFound) from refused
        return passkey_from(item)

    def suspect_clone(
        self, passkey: Passkey, now: datetime, *, spent: Write, more: Sequence[Write]
    ) -> bool:
        """Notes that a passkey may have been copied, together with `more`; once a day at most.

        False where the challenge was `spent` before: then it is only an answer that came twice.
        """
        noted = Write(
            key=passkey_key(passkey.user_id, passkey.id),
            set={"clone_suspected_at": to_rfc3339(now)},
            condition=(
                "attribute_exists(pk) AND (attribute_not_exists(#clone_suspected_at) "
                "OR #clone_suspected_at < :before)"
            ),
            values={"before": to_rfc3339(now - CLONE_TOLD_EVERY)},
        )
        try:
            self._table.transact([noted, spent, *more], token=self._new_id("txn"))
        except TransactionRefused as refused:
            # Else it was told within the day, or the passkey is gone.
            return 1 not in refused.failed
        return True
