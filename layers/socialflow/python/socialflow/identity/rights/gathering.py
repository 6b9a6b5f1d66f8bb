"""What contexts hand in: parts of an export, and receipts of an erasure.

Each arrives as an object of the records bucket. Whoever notes the last one does what follows; a
run cut off there is done by the same event's return, and two at once by the condition on the item.
"""

from __future__ import annotations

from collections.abc import Set

from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.rights.archive import Archivist
from socialflow.identity.rights.models import (
    ARCHIVE_KEPT,
    LAST_PASS,
    SECOND_LOOK,
    ErasureCase,
    Export,
)
from socialflow.identity.rights.repository import RightsRepository
from socialflow.identity.staff.audit import (
    AUDIT_ID_PREFIX,
    SYSTEM,
    Actor,
    AuditEntry,
    audit_write,
)
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.ids import IdFactory
from socialflow.platform.records import PartKey, ReceiptKey, parse_key


class Gathering:
    """Called for each object that is written to the records bucket."""

    def __init__(
        self,
        users: IdentityRepository,
        rights: RightsRepository,
        archivist: Archivist,
        *,
        contexts: Set[str],
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._users = users
        self._rights = rights
        self._archivist = archivist
        self._contexts = contexts
        self._clock = clock
        self._new_id = new_id

    def written(self, key: str) -> str:
        """Notes what has arrived; returns what became of it, for the log."""
        match parse_key(key):
            case PartKey() as part:
                return self._part(part)
            case ReceiptKey() as receipt:
                return self._receipt(receipt)
            case _:
                return "nothing"

    def _part(self, part: PartKey) -> str:
        export = self._rights.note_part(part.user_id, part.export_id, part.context, self._clock())
        if export is None:
            return "too late"
        if not export.is_whole(self._contexts):
            return "gathering"
        return self._put_together(export)

    def _put_together(self, export: Export) -> str:
        user = self._users.user(export.user_id, consistent=True)
        if user is None:
            return "too late"
        size_bytes = self._archivist.put_together(user, export, sorted(self._contexts))
        now = self._clock()
        until = to_rfc3339(now + ARCHIVE_KEPT)
        letter = notice(
            user,
            Notice.EXPORT_READY,
            {"expires_at": until},
            id=self._new_id(MAIL_ID_PREFIX),
        )
        ready = self._rights.make_ready(export, at=now, size_bytes=size_bytes, more=[letter])
        return "ready" if ready else "too late"

    def _receipt(self, receipt: ReceiptKey) -> str:
        case = self._rights.note_receipt(
            receipt.anonymous_id, receipt.pass_number, receipt.context, self._clock()
        )
        if case is None:
            return "too late"
        if not case.is_done(self._contexts):
            return "erasing"
        if case.pass_number < LAST_PASS:
            self._rights.wait(case, look_at=self._clock() + SECOND_LOOK)
            return "waiting"
        self._finish(case)
        return "erased"

    def _finish(self, case: ErasureCase) -> None:
        now = self._clock()
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=now,
            act="account.erased",
            actor=Actor(id=SYSTEM),
            target=case.anonymous_id,
        )
        self._rights.finish(case, at=now, more=[audit_write(entry)])
