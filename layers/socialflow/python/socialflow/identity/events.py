"""What this context publishes, made from the changes of its table.

| event               | when                                    | data                            |
|---------------------|-----------------------------------------|---------------------------------|
| `UserRegistered.v1` | an account was made                     | user_id, handle, display_name   |
| `SessionEnded.v1`   | a session was ended before its time     | user_id, session_id, reason     |

`reason` is one of `repository.EndReason`. An event's id is that of the stream record, so a record
read twice makes the same event. No event carries an address, a hash or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from socialflow.platform.clock import from_epoch_seconds
from socialflow.platform.dynamodb import Item, decode_image
from socialflow.platform.events import Event

SOURCE: Final = "socialflow.identity"


def events_of(record: Mapping[str, Any]) -> list[Event]:
    """The events in one DynamoDB stream record (NEW_AND_OLD_IMAGES); none for other items."""
    change = record["dynamodb"]
    found = _what_happened(
        decode_image(change.get("NewImage")), decode_image(change.get("OldImage"))
    )
    if found is None:
        return []
    name, data = found
    return [
        Event(
            id=f"{record['eventID']}-{name}",
            source=SOURCE,
            name=name,
            occurred_at=from_epoch_seconds(change["ApproximateCreationDateTime"]),
            correlation_id=str(record["eventID"]),
            data=data,
        )
    ]


def _what_happened(new: Item, old: Item) -> tuple[str, dict[str, str]] | None:
    kind = new.get("kind")
    if kind == "user" and not old:
        data = {name: new[name] for name in ("user_id", "handle", "display_name")}
        return "UserRegistered.v1", data
    if kind == "session" and "ended_at" in new and "ended_at" not in old:
        return "SessionEnded.v1", {
            "user_id": new["user_id"],
            "session_id": new["session_id"],
            "reason": new["end_reason"],
        }
    return None
