"""What staff read in the identity table beyond accounts: former handles, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from socialflow.identity import keys
from socialflow.identity.staff.audit import AuditEntry, entry_from
from socialflow.identity.staff.models import FormerHandle
from socialflow.platform.clock import from_rfc3339
from socialflow.platform.dynamodb import Table
from socialflow.platform.principal import UserId

MAX_FORMER_HANDLES: Final = 50


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some entries of one partition, newest first; `next_position` is None at its end."""

    entries: list[AuditEntry]
    next_position: str | None


class StaffRepository:
    """Read-only: what changes is written by the transactions of others."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def owner_of(self, handle: str) -> UserId | None:
        """Whose a handle is, or was until a short while ago."""
        item = self._table.get(keys.handle_key(handle))
        return UserId(item["user_id"]) if item else None

    def former_handles(self, user_id: UserId) -> list[FormerHandle]:
        """What an account was called before, the latest first."""
        page = self._table.query(
            keys.user_key(user_id)["pk"],
            prefix=keys.FORMER_HANDLE_PREFIX,
            limit=MAX_FORMER_HANDLES,
            newest_first=True,
        )
        return [
            FormerHandle(
                handle=item["handle"],
                since=from_rfc3339(item["since"]),
                until=from_rfc3339(item["until"]),
            )
            for item in page.items
        ]

    def of_day(self, day: datetime, *, before: str, limit: int) -> Stretch:
        """Entries of a day, from `before` (exclusive) backwards."""
        return self._entries({"partition": keys.audit_day(day)}, before=before, limit=limit)

    def of_target(self, target: str, *, before: str, limit: int) -> Stretch:
        """Entries of what was done to an account, from `before` (exclusive) backwards."""
        of = {"partition": keys.audit_target(target), "index": "gsi1"}
        return self._entries(of, before=before, limit=limit)

    def of_actor(self, actor: str, *, before: str, limit: int) -> Stretch:
        """Entries of what somebody did, from `before` (exclusive) backwards."""
        of = {"partition": keys.audit_actor(actor), "index": "gsi2"}
        return self._entries(of, before=before, limit=limit)

    def _entries(self, of: Mapping[str, str], *, before: str, limit: int) -> Stretch:
        page = self._table.query(
            of["partition"], index=of.get("index"), after=before, limit=limit, newest_first=True
        )
        return Stretch([entry_from(item) for item in page.items], page.next_position)
