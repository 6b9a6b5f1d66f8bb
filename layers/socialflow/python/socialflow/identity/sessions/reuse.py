"""A spent refresh token that came back: what is written and told as its session ends."""

from __future__ import annotations

from datetime import datetime

from socialflow.identity.mail.outbox import MAIL_ID_PREFIX, Notice, notice
from socialflow.identity.models import User
from socialflow.identity.sessions.models import Session
from socialflow.identity.staff.audit import (
    AUDIT_ID_PREFIX,
    SYSTEM,
    Actor,
    AuditEntry,
    audit_write,
)
from socialflow.platform.correlation import correlation_id
from socialflow.platform.dynamodb import Write
from socialflow.platform.ids import IdFactory


def reuse_writes(
    session: Session, user: User, *, device: str, address: str, now: datetime, new_id: IdFactory
) -> list[Write]:
    """The entry of the audit log, and the notice to an owner who has an address.

    `device` and `address` are those from which the spent token came.
    """
    entry = AuditEntry(
        id=new_id(AUDIT_ID_PREFIX),
        at=now,
        act="refresh_token.reused",
        actor=Actor(id=SYSTEM, request_id=correlation_id(), address=address),
        target=user.id,
        before={"session": session.id, "device": session.device},
        after={"device": device},
    )
    writes = [audit_write(entry)]
    if user.email:
        told = {"device": session.device}
        writes.append(notice(user, Notice.REFRESH_TOKEN_REUSED, told, id=new_id(MAIL_ID_PREFIX)))
    return writes
