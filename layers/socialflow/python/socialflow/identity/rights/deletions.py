"""Deleting an account: asked for, taken back, and done when its time has come.

    POST ── closing, sessions over, mail ── 30 days ── the account goes, its erasure begins
    DELETE ── active again, mail            ▲
                                            every hour: what is due

What is erased then, and by whom, is in `erasure`; who is done with it, in `gathering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import AccountState, User
from socialflow.identity.repository import IdentityRepository
from socialflow.identity.rights.errors import AccountGone
from socialflow.identity.rights.models import (
    ANONYMOUS_ID_PREFIX,
    GRACE,
    ErasureCase,
    ErasureState,
)
from socialflow.identity.rights.repository import (
    DueDeletion,
    RightsRepository,
    cancel_write,
    deletion_write,
)
from socialflow.identity.staff.audit import (
    AUDIT_ID_PREFIX,
    SYSTEM,
    Actor,
    AuditEntry,
    audit_write,
)
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.ids import IdFactory
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId

# By then every context is done, or its part has ended in the dead letters.
STUCK_AFTER: Final = timedelta(hours=6)
MAX_A_RUN: Final = 1_000


class Deletions:
    """What a person decides about their account."""

    def __init__(self, users: IdentityRepository, *, clock: Clock, new_id: IdFactory) -> None:
        self._users = users
        self._clock = clock
        self._new_id = new_id

    def request(self, user_id: UserId, *, actor: Actor) -> datetime:
        """Ends all sessions and has the account deleted after the grace; returns when.

        Asked again, the first time stands. Raises `AccountGone`, `UserChanged`.
        """
        user = self._account(user_id)
        if user.delete_after:
            return user.delete_after
        delete_after = self._clock() + GRACE
        closing = replace(
            user.without_sessions(), state=AccountState.CLOSING, delete_after=delete_after
        )
        told = {"delete_after": to_rfc3339(delete_after)}
        more = [
            deletion_write(user.id, delete_after),
            *self._noted(
                user, "account.deletion_requested", Notice.DELETION_REQUESTED, told, actor
            ),
        ]
        self._users.save_user(user, closing, more=more)
        return delete_after

    def cancel(self, user_id: UserId, *, actor: Actor) -> None:
        """Keeps the account; nothing where no deletion was asked for.

        Raises `AccountGone` where it has begun, `UserChanged`.
        """
        user = self._account(user_id)
        if user.delete_after is None:
            return
        kept = replace(user, state=AccountState.ACTIVE, delete_after=None)
        noted = self._noted(
            user, "account.deletion_cancelled", Notice.DELETION_CANCELLED, {}, actor
        )
        try:
            self._users.save_user(user, kept, more=[cancel_write(user.id), *noted])
        except TransactionRefused as refused:
            raise AccountGone from refused

    def _account(self, user_id: UserId) -> User:
        user = self._users.user(user_id, consistent=True)
        if user is None:
            raise AccountGone
        return user

    def _noted(
        self, user: User, act: str, kind: Notice, details: dict[str, str], actor: Actor
    ) -> Sequence[Write]:
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=self._clock(),
            act=act,
            actor=actor,
            target=user.id,
            after=details,
        )
        return [
            audit_write(entry),
            notice(user, kind, details, id=self._new_id(MAIL_ID_PREFIX)),
        ]


@dataclass(frozen=True, slots=True)
class Settled:
    """What one run of the hourly job did."""

    begun: int = 0
    passes: int = 0
    stuck: int = 0


class Settlement:
    """The hourly job. Safe to repeat and to stop half-way."""

    def __init__(
        self,
        users: IdentityRepository,
        rights: RightsRepository,
        *,
        clock: Clock,
        new_id: IdFactory,
    ) -> None:
        self._users = users
        self._rights = rights
        self._clock = clock
        self._new_id = new_id

    def run(self) -> Settled:
        """Begins what is due: erasures, second passes; and tells of those that are stuck."""
        done = Settled()
        for each in islice(self._rights.due(self._clock()), MAX_A_RUN):
            try:
                done = self._settle(each, done)
            except Exception:
                # One that cannot be helped now must not keep the others waiting.
                logger().exception("could not settle")
                done = replace(done, stuck=done.stuck + 1)
        return done

    def _settle(self, due: DueDeletion | ErasureCase, done: Settled) -> Settled:
        if isinstance(due, DueDeletion):
            return replace(done, begun=done.begun + self._begin(due))
        look_at = self._clock() + STUCK_AFTER
        if due.state is ErasureState.WAITING:
            self._rights.begin_pass(due, look_at=look_at)
            return replace(done, passes=done.passes + 1)
        logger().error(
            "erasure is stuck",
            extra={
                "anonymous_id": due.anonymous_id,
                "pass": due.pass_number,
                "done": sorted(due.receipts),
            },
        )
        self._rights.put_off(due, look_at=look_at)
        return replace(done, stuck=done.stuck + 1)

    def _begin(self, deletion: DueDeletion) -> bool:
        """The index may be behind: what was taken back, or is gone, stays as it is."""
        now = self._clock()
        user = self._users.user(deletion.user_id, consistent=True)
        if user is None or user.delete_after is None or user.delete_after > now:
            return False
        case = ErasureCase(
            anonymous_id=UserId(self._new_id(ANONYMOUS_ID_PREFIX)),
            user_id=user.id,
            handle=user.handle,
            state=ErasureState.ERASING,
            pass_number=1,
            begun_at=now,
            look_at=now + STUCK_AFTER,
        )
        entry = AuditEntry(
            id=self._new_id(AUDIT_ID_PREFIX),
            at=now,
            act="account.erasure_begun",
            actor=Actor(id=SYSTEM),
            target=case.anonymous_id,
        )
        return self._rights.begin(user, case, more=[audit_write(entry)])
