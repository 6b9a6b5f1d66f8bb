"""What waits for a mail, in DynamoDB. Every change is one conditional write or one transaction."""

from __future__ import annotations

from datetime import datetime

from socialflow.identity import keys
from socialflow.identity.accounts.pending import (
    SAME_REQUEST,
    EmailChange,
    Registration,
    Reset,
    email_change_from,
    email_change_item,
    email_change_key,
    registration_from,
    registration_item,
    registration_key,
    reset_from,
    reset_item,
    reset_key,
)
from socialflow.identity.errors import HandleTaken
from socialflow.identity.profiles.look_alikes import handle_skeleton
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Item, Table, TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import UserId

# TTL deletes late, so an item past its time counts as gone.
_FREE = "attribute_not_exists(pk) OR #expires_at <= :now"


class MailedTooSoon(Exception):
    """The last mail was asked for a moment ago, or enough of them were."""


class PendingRepository:
    """Registrations, resets and changes of address, in the identity table."""

    def __init__(self, table: Table, *, new_id: IdFactory) -> None:
        self._table = table
        self._new_id = new_id

    def begin_registration(self, registration: Registration) -> Registration:
        """Keeps a registration whose handle is free; returns the one that is there under its ref.

        Nothing is looked up under the address. Raises `HandleTaken`.
        """
        now = {"now": int(registration.created_at.timestamp())}
        skeleton = handle_skeleton(registration.handle)
        writes = [
            Write(put=registration_item(registration), condition=_FREE, values=now),
            Write(
                key=keys.handle_key(registration.handle), check=True, condition=_FREE, values=now
            ),
            Write(key=keys.skeleton_key(skeleton), check=True, condition=_FREE, values=now),
        ]
        try:
            self._table.transact(writes, token=self._new_id("txn"))
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return registration_from(refused.items[0])
            raise HandleTaken("This handle is taken; choose another.") from refused
        return registration

    def registration(self, ref: str) -> Registration | None:
        """A registration, over or not; read consistently."""
        item = self._table.get(registration_key(ref), consistent=True)
        return registration_from(item) if item else None

    def mail_again(self, ref: str, *, max_mails: int, now: datetime) -> None:
        """Asks for a registration's mail once more.

        Raises `MailedTooSoon`; a registration that is over, or gone, stays as it is.
        """
        try:
            self._table.write(
                Write(
                    key=registration_key(ref),
                    add={"mails": 1},
                    set={"mailed_at": to_rfc3339(now)},
                    condition=(
                        "attribute_exists(pk) AND #expires_at > :now AND #mails < :max "
                        "AND #mailed_at <= :before AND attribute_not_exists(#made)"
                    ),
                    values={
                        "now": int(now.timestamp()),
                        "max": max_mails,
                        "before": to_rfc3339(now - SAME_REQUEST),
                    },
                )
            )
        except ConditionFailed as refused:
            if refused.item and "made" not in refused.item:
                raise MailedTooSoon from refused

    def finish_registration(
        self, registration: Registration, user_id: UserId, *, verify_key: str | None
    ) -> Write:
        """The write that ends a registration, for the transaction that makes its account."""
        return Write(
            key=registration_key(registration.ref),
            set={"made": user_id, **({"verify_key": verify_key} if verify_key else {})},
            remove=("email", "handle", "display_name", "password_hash"),
            condition="#id = :id AND attribute_not_exists(#made)",
            values={"id": registration.id},
        )

    def begin_reset(self, reset: Reset) -> None:
        """Keeps a request for a reset in the place of an older one; the same again is one."""
        self._put_unless_recent(
            reset_item(reset), reset.created_at, "#used = :over", {"over": True}
        )

    def reset(self, ref: str) -> Reset | None:
        """The newest reset under a ref; read consistently."""
        item = self._table.get(reset_key(ref), consistent=True)
        return reset_from(item) if item else None

    def use_reset(self, reset: Reset) -> Write:
        """The write that spends a reset, for the transaction that sets the password."""
        return Write(
            key=reset_key(reset.ref),
            set={"used": True},
            condition="#id = :id AND #used = :unused",
            values={"id": reset.id, "unused": False},
        )

    def begin_email_change(self, change: EmailChange) -> EmailChange:
        """Keeps a change in the place of an older one; returns the one that is there.

        The same address again, a moment later, is the same change.
        """
        kept = self._put_unless_recent(
            email_change_item(change),
            change.created_at,
            "#done = :over OR #email <> :email",
            {"over": True, "email": change.email},
        )
        return email_change_from(kept) if kept else change

    def email_change(self, user_id: UserId) -> EmailChange | None:
        """The account's newest change; read consistently."""
        item = self._table.get(email_change_key(user_id), consistent=True)
        return email_change_from(item) if item else None

    def finish_email_change(self, change: EmailChange) -> Write:
        """The write that ends a change, for the transaction that moves the address."""
        return Write(
            key=email_change_key(change.user_id),
            set={"done": True},
            condition="#id = :id AND #done = :open",
            values={"id": change.id, "open": False},
        )

    def _put_unless_recent(
        self, item: Item, now: datetime, over: str, values: dict[str, object]
    ) -> Item | None:
        """Puts an item unless one of a moment ago is there that is not `over`, a condition.

        Returns the one that is there instead.
        """
        try:
            self._table.write(
                Write(
                    put=item,
                    condition=f"attribute_not_exists(pk) OR #created_at <= :before OR {over}",
                    values={"before": to_rfc3339(now - SAME_REQUEST), **values},
                )
            )
        except ConditionFailed as refused:
            return refused.item
        return None
