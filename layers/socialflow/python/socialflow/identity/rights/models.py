"""Exports and erasures, and the rules that need no I/O."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from socialflow.platform.principal import UserId

ExportId = NewType("ExportId", str)

EXPORT_ID_PREFIX: Final = "exp"
ANONYMOUS_ID_PREFIX: Final = "gone"
# One export a day: each reads all there is of a person.
EXPORTS_APART: Final = timedelta(days=1)
# Contexts answer within minutes; what has not come by then is not coming.
GATHERING_LIMIT: Final = timedelta(hours=6)
# The bucket's own lifecycle takes archives away some hours after this.
ARCHIVE_KEPT: Final = timedelta(days=7)
GRACE: Final = timedelta(days=30)
SECOND_LOOK: Final = timedelta(days=1)
LAST_PASS: Final = 2


class ExportState(StrEnum):
    """`gathering` until every context has answered; `failed` where one never did."""

    GATHERING = "gathering"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A copy of a person's data. `parts` are the contexts that have answered."""

    id: ExportId
    user_id: UserId
    requested_at: datetime
    parts: frozenset[str] = frozenset()
    ready_at: datetime | None = None
    size_bytes: int | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When it can no longer be fetched; None before it can be."""
        return self.ready_at + ARCHIVE_KEPT if self.ready_at else None

    def state(self, now: datetime) -> ExportState:
        if self.expires_at:
            return ExportState.READY if now < self.expires_at else ExportState.EXPIRED
        late = now >= self.requested_at + GATHERING_LIMIT
        return ExportState.FAILED if late else ExportState.GATHERING

    def is_whole(self, contexts: Set[str]) -> bool:
        """Whether all contexts have answered."""
        return contexts <= self.parts


class ErasureState(StrEnum):
    """`waiting` lies between the two passes."""

    ERASING = "erasing"
    WAITING = "waiting"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCase:
    """The erasure of an account that is gone already.

    `user_id` and `handle` say whom to erase, and are themselves erased with the last receipt.
    `receipts` are the contexts that are done with this pass.
    """

    anonymous_id: UserId
    user_id: UserId | None
    handle: str | None
    state: ErasureState
    pass_number: int
    begun_at: datetime
    look_at: datetime | None
    receipts: frozenset[str] = frozenset()

    def is_done(self, contexts: Set[str]) -> bool:
        """Whether all contexts are done with this pass."""
        return contexts <= self.receipts
