"""How exports, deletions and erasures lie in the table. See `keys` for which item serves what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from socialflow.identity.rights import keys
from socialflow.identity.rights.models import ErasureCase, ErasureState, Export, ExportId
from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import Item
from socialflow.platform.principal import UserId

# How long a list shows what was asked for.
EXPORT_LISTED: Final = timedelta(days=30)
# That somebody was erased, and when; as long as receipts.
CASE_KEPT: Final = timedelta(days=400)
PART: Final = "part_"
RECEIPT: Final = "receipt_"


def export_item(export: Export) -> Item:
    return keys.export_key(export.user_id, export.id) | {
        "kind": "export",
        "id": export.id,
        "user_id": export.user_id,
        "requested_at": to_rfc3339(export.requested_at),
        "expires_at": int((export.requested_at + EXPORT_LISTED).timestamp()),
    }


def export_from(item: Item) -> Export:
    ready_at = item.get("ready_at")
    return Export(
        id=ExportId(item["id"]),
        user_id=UserId(item["user_id"]),
        requested_at=from_rfc3339(item["requested_at"]),
        parts=frozenset(name.removeprefix(PART) for name in item if name.startswith(PART)),
        ready_at=from_rfc3339(ready_at) if ready_at else None,
        size_bytes=item.get("size_bytes"),
    )


def deletion_item(user_id: UserId, delete_after: datetime) -> Item:
    return (
        keys.deletion_key(user_id)
        | keys.due_keys(delete_after, user_id)
        | {
            "kind": "deletion",
            "user_id": user_id,
            "delete_after": to_rfc3339(delete_after),
        }
    )


def case_item(case: ErasureCase) -> Item:
    """The item of an erasure that has just begun."""
    due = keys.due_keys(case.look_at, case.anonymous_id) if case.look_at else {}
    return (
        keys.erasure_key(case.anonymous_id)
        | due
        | {
            "kind": "erasure",
            "anonymous_id": case.anonymous_id,
            "user_id": case.user_id,
            "handle": case.handle,
            "state": case.state,
            "pass": case.pass_number,
            "begun_at": to_rfc3339(case.begun_at),
            "expires_at": int((case.begun_at + CASE_KEPT).timestamp()),
        }
    )


def case_from(item: Item) -> ErasureCase:
    """The erasure in an item; of the receipts those of its pass."""
    prefix = receipt_name(item["pass"], "")
    look_at = item["gsi1sk"].partition("#")[0] if "gsi1sk" in item else None
    return ErasureCase(
        anonymous_id=UserId(item["anonymous_id"]),
        user_id=UserId(item["user_id"]) if "user_id" in item else None,
        handle=item.get("handle"),
        state=ErasureState(item["state"]),
        pass_number=item["pass"],
        begun_at=from_rfc3339(item["begun_at"]),
        look_at=from_rfc3339(look_at) if look_at else None,
        receipts=frozenset(name.removeprefix(prefix) for name in item if name.startswith(prefix)),
    )


def part_name(context: str) -> str:
    """The attribute that says that a context has handed in its part."""
    return f"{PART}{context}"


def receipt_name(pass_number: int, context: str) -> str:
    """The attribute that says that a context is done with a pass."""
    return f"{RECEIPT}{pass_number}_{context}"
