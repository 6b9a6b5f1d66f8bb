"""Exports and erasures in the identity table. Every change is one write or one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from socialflow.identity import keys as identity_keys
from socialflow.identity.models import AccountState, User
from socialflow.identity.rights import keys
from socialflow.identity.rights.models import (
    EXPORTS_APART,
    ErasureCase,
    ErasureState,
    Export,
)
from socialflow.identity.rights.records import (
    case_from,
    case_item,
    deletion_item,
    export_from,
    export_item,
    part_name,
    receipt_name,
)
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import (
    ConditionFailed,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.principal import UserId

_NEW: Final = "attribute_not_exists(pk)"
_THERE: Final = "attribute_exists(pk)"
DUE_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class DueDeletion:
    """An account whose grace is over."""

    user_id: UserId
    delete_after: datetime


class RightsRepository:
    """What requests, receipts and the clock do to exports and erasures."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # Exports

    def request(self, export: Export, *, more: Sequence[Write]) -> Export | None:
        """Keeps a new export; one of the same id that is there already is returned as it is.

        None where another was asked for within a day.
        """
        day_ago = to_rfc3339(export.requested_at - EXPORTS_APART)
        last = Write(
            key=keys.last_export_key(export.user_id),
            set={"requested_at": to_rfc3339(export.requested_at), "kind": "last_export"},
            condition=f"{_NEW} OR #requested_at <= :day_ago",
            values={"day_ago": day_ago},
        )
        try:
            self._table.transact([Write(put=export_item(export), condition=_NEW), last, *more])
        except TransactionRefused as refused:
            if 0 in refused.failed:
                return self.export(export.user_id, export.id)
            return None
        return export

    def last_requested_at(self, user_id: UserId) -> datetime | None:
        item = self._table.get(keys.last_export_key(user_id), consistent=True)
        return from_rfc3339(item["requested_at"]) if item else None

    def export(self, user_id: str, export_id: str) -> Export | None:
        item = self._table.get(keys.export_key(user_id, export_id), consistent=True)
        return export_from(item) if item else None

    def list_exports(
        self, user_id: UserId, *, after: str | None, limit: int
    ) -> tuple[list[Export], str | None]:
        """Newest first, and the id to go on after."""
        prefix = keys.EXPORT_PREFIX
        page = self._table.query(
            identity_keys.user_key(user_id)["pk"],
            prefix=prefix,
            after=prefix + after if after else None,
            limit=limit,
            newest_first=True,
        )
        position = page.next_position
        return (
            [export_from(item) for item in page.items],
            position.removeprefix(prefix) if position else None,
        )

    def note_part(self, user_id: str, export_id: str, context: str, at: datetime) -> Export | None:
        """Notes that a context has answered; None where nobody waits for it any more."""
        try:
            item = self._table.write(
                Write(
                    key=keys.export_key(user_id, export_id),
                    set={part_name(context): to_rfc3339(at)},
                    condition=f"{_THERE} AND attribute_not_exists(#ready_at)",
                )
            )
        except ConditionFailed:
            return None
        return export_from(item)

    def make_ready(
        self, export: Export, *, at: datetime, size_bytes: int, more: Sequence[Write]
    ) -> bool:
        """gathering → ready; False where it is ready already, or gone."""
        ready = Write(
            key=keys.export_key(export.user_id, export.id),
            set={"ready_at": to_rfc3339(at), "size_bytes": size_bytes},
            condition=f"{_THERE} AND attribute_not_exists(#ready_at)",
        )
        try:
            self._table.transact([ready, *more])
        except TransactionRefused:
            return False
        return True

    def note_link(
        self, export: Export, *, address: str, until: datetime, now: datetime, more: Sequence[Write]
    ) -> None:
        """Notes that an address of the archive, good until then, was given to a network.

        Nothing where one that is still good was the last, and given to the same.
        """
        given = Write(
            key=keys.export_key(export.user_id, export.id),
            set={"link_until": to_rfc3339(until), "link_for": address},
            condition=(
                f"{_THERE} AND (attribute_not_exists(#link_until) OR #link_until <= :now "
                "OR #link_for <> :address)"
            ),
            values={"now": to_rfc3339(now), "address": address},
        )
        with suppress(TransactionRefused):
            self._table.transact([given, *more])

    # Deletions and erasures

    def due(self, now: datetime) -> Iterator[DueDeletion | ErasureCase]:
        """Whatever is to be looked at by now, in order of time."""
        after: str | None = None
        while True:
            page = self._table.query(keys.DUE, index="gsi1", after=after, limit=DUE_PAGE)
            for item in page.items:
                if item["gsi1sk"] > to_rfc3339(now) + "~":
                    return
                if item["kind"] == "deletion":
                    at = from_rfc3339(item["delete_after"])
                    yield DueDeletion(UserId(item["user_id"]), at)
                else:
                    yield case_from(item)
            after = page.next_position
            if after is None:
                return

    def begin(self, user: User, case: ErasureCase, *, more: Sequence[Write]) -> bool:
        """The account itself goes, and its erasure begins: all in one transaction.

        False where the deletion was taken back, or had begun, meanwhile.
        """
        # What is not there must not keep the account here.
        mine = {
            "condition": "attribute_not_exists(pk) OR #user_id = :user",
            "values": {"user": user.id},
        }
        login, handle = (
            identity_keys.login_key(user.email or ""),
            identity_keys.handle_key(user.handle),
        )
        writes = [
            Write(
                key=identity_keys.user_key(user.id),
                delete=True,
                condition="#version = :version AND #state = :closing",
                values={"version": user.version, "closing": AccountState.CLOSING},
            ),
            Write(key=keys.deletion_key(user.id), delete=True, condition=_THERE),
            *([Write(key=login, delete=True, **mine)] if user.email else []),  # type: ignore[arg-type]
            Write(key=handle, delete=True, **mine),  # type: ignore[arg-type]
            Write(put=case_item(case), condition=_NEW),
        ]
        try:
            self._table.transact([*writes, *more])
        except TransactionRefused:
            return False
        return True

    def case(self, anonymous_id: str) -> ErasureCase | None:
        item = self._table.get(keys.erasure_key(anonymous_id), consistent=True)
        return case_from(item) if item else None

    def note_receipt(
        self, anonymous_id: str, pass_number: int, context: str, at: datetime
    ) -> ErasureCase | None:
        """Notes that a context is done with a pass; None where that pass is over."""
        try:
            item = self._table.write(
                Write(
                    key=keys.erasure_key(anonymous_id),
                    set={receipt_name(pass_number, context): to_rfc3339(at)},
                    condition="#pass = :pass AND #state = :erasing",
                    values={"pass": pass_number, "erasing": ErasureState.ERASING},
                )
            )
        except ConditionFailed:
            return None
        return case_from(item)

    def wait(self, case: ErasureCase, *, look_at: datetime) -> None:
        """erasing → waiting, until the next pass."""
        self._move(
            case,
            {"state": ErasureState.WAITING, **keys.due_keys(look_at, case.anonymous_id)},
        )

    def begin_pass(self, case: ErasureCase, *, look_at: datetime) -> None:
        """waiting → erasing once more; contexts follow from the stream."""
        self._move(
            case,
            {
                "state": ErasureState.ERASING,
                "pass": case.pass_number + 1,
                **keys.due_keys(look_at, case.anonymous_id),
            },
        )

    def put_off(self, case: ErasureCase, *, look_at: datetime) -> None:
        """Looks again at one that is stuck."""
        self._move(case, dict(keys.due_keys(look_at, case.anonymous_id)))

    def finish(self, case: ErasureCase, *, at: datetime, more: Sequence[Write]) -> None:
        """erasing → erased: what said whose erasure it was goes."""
        done = Write(
            key=keys.erasure_key(case.anonymous_id),
            set={"state": ErasureState.ERASED, "erased_at": to_rfc3339(at)},
            remove=("user_id", "handle", *keys.DUE_KEYS),
            condition="#pass = :pass AND #state = :state",
            values={"pass": case.pass_number, "state": case.state},
        )
        try:
            self._table.transact([done, *more])
        except TransactionRefused:
            # Finished by another receipt's run.
            return

    def _move(self, case: ErasureCase, changes: dict[str, object]) -> None:
        try:
            self._table.write(
                Write(
                    key=keys.erasure_key(case.anonymous_id),
                    set=changes,
                    condition="#pass = :seen_pass AND #state = :seen_state",
                    values={"seen_pass": case.pass_number, "seen_state": case.state},
                )
            )
        except ConditionFailed:
            # It has gone on meanwhile.
            return


def deletion_write(user_id: UserId, delete_after: datetime) -> Write:
    """The part of a transaction that has an account deleted at its time."""
    return Write(put=deletion_item(user_id, delete_after), condition=_NEW)


def cancel_write(user_id: UserId) -> Write:
    """The part of a transaction that takes a deletion back, unless it has begun."""
    return Write(key=keys.deletion_key(user_id), delete=True, condition=_THERE)
