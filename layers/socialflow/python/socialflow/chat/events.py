"""What this context publishes, made from the changes of its table.

| event               | when                                            | data beside the ids |
|---------------------|-------------------------------------------------|---------------------|
| `SenderSilenced.v1` | somebody is banned or timed out                 | user_id, until      |
| `MessageDeleted.v1` | a moderator took a message away                 | message_id          |
| `PollChanged.v1`    | a poll opened or closed, or its counts changed  | poll_id             |

An event's id is that of the stream record, so a record read twice makes the same event. Of many
votes in a batch one event remains: it says that something changed, not what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from socialflow.chat import keys
from socialflow.chat.records import FOREVER
from socialflow.platform.dynamodb import decode_image
from socialflow.platform.events import Event
from socialflow.platform.ids import same_ulid

SOURCE: Final = "socialflow.chat"
SENDER_SILENCED: Final = "SenderSilenced.v1"
MESSAGE_DELETED: Final = "MessageDeleted.v1"
POLL_CHANGED: Final = "PollChanged.v1"
CHANNEL_PREFIX: Final = "chn"


def events_of(records: Iterable[Mapping[str, Any]]) -> list[Event]:
    """The events in a batch of stream records (NEW_AND_OLD_IMAGES), polls told once each."""
    found: list[Event] = []
    polls: dict[str, Event] = {}
    for record in records:
        event = _event_of(record)
        if event is None:
            continue
        if event.name == POLL_CHANGED:
            polls[event.data["poll_id"]] = event
        else:
            found.append(event)
    return [*found, *polls.values()]


def _event_of(record: Mapping[str, Any]) -> Event | None:
    change = record["dynamodb"]
    new, old = decode_image(change.get("NewImage")), decode_image(change.get("OldImage"))
    told = _what_happened(new, old)
    if told is None:
        return None
    name, data = told
    return Event.of_record(
        record,
        source=SOURCE,
        name=name,
        data={"channel_id": same_ulid(new["owner_id"], CHANNEL_PREFIX), **data},
    )


def _what_happened(
    new: Mapping[str, Any], old: Mapping[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    place = str(new.get("sk", ""))
    if place.startswith(keys.BAN_PREFIX):
        if new["version"] == old.get("version"):
            return None
        until = None if new["until"] == FOREVER else new["until"]
        return SENDER_SILENCED, {"user_id": new["user_id"], "until": until}
    if place == keys.DELETED_SK and not old:
        return MESSAGE_DELETED, {"message_id": new["message_id"]}
    if place == keys.POLL_SK and "question" in new:
        # What is noted of announcements concerns nobody.
        changed = new["closes_at"] != old.get("closes_at")
        return (POLL_CHANGED, {"poll_id": new["id"]}) if changed else None
    if place == keys.SHARD_SK and old:
        return (POLL_CHANGED, {"poll_id": new["poll_id"]}) if _counts(new) != _counts(old) else None
    return None


def _counts(shard: Mapping[str, Any]) -> dict[str, int]:
    return {name: count for name, count in shard.items() if name.startswith("votes_")}
