"""The message log in the table: messages by id and in order of time, and messages a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.chat import keys
from socialflow.chat.message import Message
from socialflow.chat.models import Role
from socialflow.platform.clock import from_rfc3339
from socialflow.platform.dynamodb import MAX_BATCH_GET_KEYS, Table
from socialflow.platform.principal import UserId

_COUNT_PAGE: Final = 2000


class LogRepository:
    """Messages are put whole and never changed; what is deleted has another item beside."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, owner_id: UserId, messages: Sequence[Message], *, retention: timedelta) -> None:
        """Puts messages, no id twice; again changes nothing. Raises `StorageBusy`."""
        self._table.put_many([_message_item(owner_id, each, retention) for each in messages])

    def count(
        self,
        owner_id: UserId,
        minutes: Mapping[datetime, int],
        *,
        log_file: str,
        retention: timedelta,
    ) -> None:
        """Puts one log file's share of each minute; the same file again changes nothing."""
        self._table.put_many(
            [
                {
                    **keys.activity_key(owner_id, minute, log_file),
                    "messages": count,
                    "expires_at": _expiry(minute, retention),
                }
                for minute, count in minutes.items()
            ]
        )

    def by_id(self, owner_id: str, message_ids: Sequence[str]) -> dict[str, Message]:
        """The messages of those ids that the log has. One batch; at most 100."""
        wanted = dict.fromkeys(message_ids)
        items = self._table.get_many([keys.message_key(owner_id, id_) for id_ in wanted])
        return {item["id"]: _message_from_item(item) for item in items}

    def deleted(self, owner_id: str, message_ids: Sequence[str]) -> set[str]:
        """Those of the messages that a moderator took away. A batch for every 100."""
        wanted = [keys.deleted_key(owner_id, id_) for id_ in dict.fromkeys(message_ids)]
        found: set[str] = set()
        for start in range(0, len(wanted), MAX_BATCH_GET_KEYS):
            items = self._table.get_many(wanted[start : start + MAX_BATCH_GET_KEYS])
            found |= {item["message_id"] for item in items}
        return found

    def of_day(
        self, owner_id: str, date: str, *, after: str, limit: int
    ) -> tuple[list[Message], bool]:
        """A day's messages later than the position `after`, and whether there are more."""
        page = self._table.query(
            keys.log_partition(owner_id, date), index="gsi1", after=after, limit=limit
        )
        return [_message_from_item(item) for item in page.items], page.next_position is not None

    def minutes_of_day(
        self, owner_id: str, date: str, *, since: str, until: str
    ) -> dict[datetime, int]:
        """Messages in each minute of a day from `since` to `until`, both as `09:30`."""
        counted: dict[datetime, int] = {}
        after: str | None = since
        while after is not None:
            page = self._table.query(
                keys.activity_partition(owner_id, date), after=after, limit=_COUNT_PAGE
            )
            for item in page.items:
                clock_time = item["sk"][:5]
                if clock_time >= until:
                    return counted
                minute = from_rfc3339(f"{date}T{clock_time}:00.000Z")
                counted[minute] = counted.get(minute, 0) + item["messages"]
            after = page.next_position
        return counted


def _message_item(owner_id: UserId, message: Message, retention: timedelta) -> dict[str, Any]:
    return {
        **keys.message_key(owner_id, message.id),
        **keys.log_keys(owner_id, message.sent_at, message.id),
        **keys.by_keys(message.sender_id, "MESSAGE", f"{message.sent_at}#{message.id}"),
        "id": message.id,
        "sent_at": message.sent_at,
        "sender_id": message.sender_id,
        "handle": message.handle,
        "display_name": message.display_name,
        "role": message.role,
        "content": message.content,
        "expires_at": _expiry(message.moment, retention),
    }


def _message_from_item(item: Mapping[str, Any]) -> Message:
    return Message(
        id=item["id"],
        sent_at=item["sent_at"],
        sender_id=item["sender_id"],
        handle=item["handle"],
        display_name=item["display_name"],
        role=Role(item["role"]),
        content=item["content"],
    )


def _expiry(moment: datetime, retention: timedelta) -> int:
    return int((moment + retention).timestamp())
