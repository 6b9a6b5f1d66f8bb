"""The audit log of identity: who did what to whom, when, and from where.

Entries are only ever put, in the same transaction as what they tell of. They hold no secrets: a
password that changed is told without its hash, an address only where it is what changed.

| read by      | partition               | order |
|--------------|-------------------------|-------|
| day          | `AUDIT#<yyyy-mm-dd>`    | id    |
| target       | gsi1 `AUDIT#TARGET#<id>`| id    |
| actor        | gsi2 `AUDIT#ACTOR#<id>` | id    |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from socialflow.identity import keys
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item, Write
from socialflow.platform.ids import moment_of
from socialflow.platform.principal import UserId

AUDIT_ID_PREFIX: Final = "aud"
SYSTEM: Final = "system"
OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a user's id, `SYSTEM` or `OPERATOR`, in which request, from which network."""

    id: str
    request_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act. `act` is a dotted word as `role.granted`; `target` the account it was done to."""

    id: str
    at: datetime
    act: str
    actor: Actor
    target: UserId
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""


def audit_write(entry: AuditEntry) -> Write:
    """The write that keeps an entry: for a transaction's `more`."""
    return Write(put=audit_item(entry), condition="attribute_not_exists(pk)")


def audit_item(entry: AuditEntry) -> Item:
    """How an entry lies in the table.

    Its day is that of its id, so that who goes through the days by id passes every entry.
    """
    return {
        "pk": keys.audit_day(moment_of(entry.id)),
        "sk": entry.id,
        "gsi1pk": keys.audit_target(entry.target),
        "gsi1sk": entry.id,
        "gsi2pk": keys.audit_actor(entry.actor.id),
        "gsi2sk": entry.id,
        "kind": "audit",
        "id": entry.id,
        "at": to_rfc3339(entry.at),
        "act": entry.act,
        "actor": entry.actor.id,
        "request_id": entry.actor.request_id,
        "address": entry.actor.address,
        "target": entry.target,
        "before": dict(entry.before),
        "after": dict(entry.after),
        "reason": entry.reason,
    }


def entry_from(item: Item) -> AuditEntry:
    return AuditEntry(
        id=item["id"],
        at=from_rfc3339(item["at"]),
        act=item["act"],
        actor=Actor(id=item["actor"], request_id=item["request_id"], address=item["address"]),
        target=UserId(item["target"]),
        before=item["before"],
        after=item["after"],
        reason=item["reason"],
    )
