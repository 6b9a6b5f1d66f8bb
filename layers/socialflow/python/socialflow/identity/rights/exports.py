"""A copy of all that is known of a person: asked for, listed, fetched.

    POST ── export, audit ── stream ──▶ ExportRequested.v1 ──▶ each context writes its part to S3
         ◀── link of a quarter of an hour ── ready, mail ◀── archive ◀── all parts are there

What contexts hand in is put together by `gathering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.rights.errors import (
    ExportExpired,
    ExportNotFound,
    ExportNotReady,
    ExportTooSoon,
)
from socialflow.identity.rights.models import (
    EXPORT_ID_PREFIX,
    EXPORTS_APART,
    Export,
    ExportId,
    ExportState,
)
from socialflow.identity.rights.repository import RightsRepository
from socialflow.identity.staff.audit import AUDIT_ID_PREFIX, Actor, AuditEntry, audit_write
from socialflow.platform.clock import Clock
from socialflow.platform.idempotency import id_from_seed
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import UserId
from socialflow.platform.records import Records, archive_key

LINK_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as it is at a moment."""

    export: Export
    state: ExportState


@dataclass(frozen=True, slots=True)
class ExportLink:
    """Where the archive can be fetched until then."""

    url: str
    expires_at: datetime


class Exports:
    """What a person does with exports of their own."""

    def __init__(
        self, rights: RightsRepository, *, records: Records, clock: Clock, new_id: IdFactory
    ) -> None:
        self._rights = rights
        self._records = records
        self._clock = clock
        self._new_id = new_id

    def request(self, user_id: UserId, *, seed: str, actor: Actor) -> ExportView:
        """Asks for an export; the same `seed` asks for the same one.

        Raises `ExportTooSoon` within a day of the last.
        """
        now = self._clock()
        export = Export(
            id=ExportId(id_from_seed(seed, EXPORT_ID_PREFIX)), user_id=user_id, requested_at=now
        )
        entry = AuditEntry(
            id=id_from_seed(seed, AUDIT_ID_PREFIX),
            at=now,
            act="export.requested",
            actor=actor,
            target=user_id,
        )
        kept = self._rights.request(export, more=[audit_write(entry)])
        if kept is None:
            last = self._rights.last_requested_at(user_id) or now
            wait = last + EXPORTS_APART - now
            raise ExportTooSoon(max(1, int(wait.total_seconds())))
        return self._view(kept)

    def show(self, user_id: UserId, export_id: str) -> ExportView:
        """Raises `ExportNotFound`."""
        return self._view(self._own(user_id, export_id))

    def list(
        self, user_id: UserId, *, after: str | None, limit: int
    ) -> tuple[Sequence[ExportView], str | None]:
        """Exports of the last month, newest first."""
        found, position = self._rights.list_exports(user_id, after=after, limit=limit)
        return [self._view(export) for export in found], position

    def link(self, user_id: UserId, export_id: str, *, actor: Actor) -> ExportLink:
        """An address of the archive, good for a quarter of an hour; one read and one write.

        It is noted in the audit log, for as long as an address is good once for each network that
        asks. Raises `ExportNotFound`, `ExportNotReady`, `ExportExpired`.
        """
        view = self.show(user_id, export_id)
        if view.state is ExportState.EXPIRED:
            raise ExportExpired
        if view.state is not ExportState.READY:
            raise ExportNotReady(view.state)
        now = self._clock()
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=now,
            act="export.link_given",
            actor=actor,
            target=user_id,
            after={"export": export_id},
        )
        good_until = now + timedelta(seconds=LINK_SECONDS)
        self._rights.note_link(
            view.export, address=actor.address, until=good_until, now=now, more=[audit_write(entry)]
        )
        day = f"{view.export.requested_at:%Y-%m-%d}"
        url = self._records.link(
            archive_key(user_id, export_id),
            seconds=LINK_SECONDS,
            file_name=f"socialflow-{day}.zip",
        )
        return ExportLink(url, good_until)

    def _own(self, user_id: UserId, export_id: str) -> Export:
        export = self._rights.export(user_id, export_id)
        if export is None:
            raise ExportNotFound(export_id)
        return export

    def _view(self, export: Export) -> ExportView:
        return ExportView(export, export.state(self._clock()))
