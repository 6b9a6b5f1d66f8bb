"""What this context publishes, made from the changes of its table.

| event               | when                                    | data                            |
|---------------------|-----------------------------------------|---------------------------------|
| `UserRegistered.v1` | an account was made                     | user_id, handle, display_name   |
| `SessionEnded.v1`   | a session was ended before its time     | user_id, session_id, reason     |
| `PictureReplaced.v1`| a picture is named no more              | user_id, avatar?, banner?       |
| `MailRequested.v1`  | an item asks for a mail                 | kind, key: {pk, sk} of the item |
| `RevocationRequested.v1` | a provider's token is to be given back | revocation_id, provider     |
| `ExportRequested.v1`| somebody asked for all their data       | user_id, export_id              |
| `AccountDeleted.v1` | an account is gone and to be erased;    | user_id, handle, anonymous_id,  |
|                     | a day later once more (`pass` 2)        | pass                            |

`reason` is one of `repository.EndReason`; `avatar` and `banner` are the versions that were named
until then. An event's id is that of the stream record, so a record read twice makes the same event.
No event carries an address, a hash or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from socialflow.identity.federation.revocations import revocation_requested
from socialflow.identity.mail.outbox import mail_requested
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
    return [Event.of_record(record, source=SOURCE, name=name, data=data)]


def _what_happened(new: Item, old: Item) -> tuple[str, dict[str, Any]] | None:
    kind = new.get("kind")
    if mail := mail_requested(new, old):
        return "MailRequested.v1", mail
    if revocation := revocation_requested(new, old):
        return "RevocationRequested.v1", revocation
    if kind == "user" and not old:
        data = {name: new[name] for name in ("user_id", "handle", "display_name")}
        return "UserRegistered.v1", data
    if old.get("kind") == "user":
        replaced: dict[str, str] = {
            name: old[name]
            for name in ("avatar", "banner")
            if name in old and new.get(name) != old[name]
        }
        return ("PictureReplaced.v1", {"user_id": old["user_id"], **replaced}) if replaced else None
    if kind == "export" and not old:
        return "ExportRequested.v1", {"user_id": new["user_id"], "export_id": new["id"]}
    if kind == "erasure" and new["pass"] != old.get("pass"):
        data = {name: new[name] for name in ("user_id", "handle", "anonymous_id", "pass")}
        return "AccountDeleted.v1", data
    if kind == "session" and "ended_at" in new and "ended_at" not in old:
        return "SessionEnded.v1", {
            "user_id": new["user_id"],
            "session_id": new["session_id"],
            "reason": new["end_reason"],
        }
    return None
