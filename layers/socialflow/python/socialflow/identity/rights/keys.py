"""The items of exports and deletions in the identity table, beside what they are read for.

| item     | pk                    | sk           | read by                                  |
|----------|-----------------------|--------------|------------------------------------------|
| export   | USER#<id>             | EXPORT#<id>  | a person's exports, newest first         |
| exports  | USER#<id>             | EXPORTS      | when the last one was asked for          |
| deletion | USER#<id>             | DELETION     | what is due, by gsi1                     |
| erasure  | ERASURE#<anonymous id>| ERASURE      | receipts; what is due, by gsi1           |

What the hourly job has to look at stands in one index partition by time. Few are due at once: an
item is there only while a deletion waits or an erasure runs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from socialflow.platform.clock import to_rfc3339

EXPORT_PREFIX: Final = "EXPORT#"
DUE: Final = "RIGHTS#DUE"
DUE_KEYS: Final = ("gsi1pk", "gsi1sk")


def export_key(user_id: str, export_id: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": f"{EXPORT_PREFIX}{export_id}"}


def last_export_key(user_id: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": "EXPORTS"}


def deletion_key(user_id: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": "DELETION"}


def erasure_key(anonymous_id: str) -> dict[str, str]:
    return {"pk": f"ERASURE#{anonymous_id}", "sk": "ERASURE"}


def due_keys(at: datetime, id: str) -> dict[str, str]:
    """Where the hourly job finds something from `at` on."""
    return {"gsi1pk": DUE, "gsi1sk": f"{to_rfc3339(at)}#{id}"}
