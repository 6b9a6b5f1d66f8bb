"""What the chat knows of a person, for their export.

Their own room, what they wrote and did in any room, and what was decided about them. What others
wrote is theirs, and who decided about somebody stays with the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from socialflow.chat import keys
from socialflow.platform.dynamodb import Item, Table
from socialflow.platform.partitions import every_item
from socialflow.platform.principal import UserId
from socialflow.platform.records import Section

# What of an item is shown, by its kind in the index.
DOINGS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "MESSAGE": ("messages", ("id", "sent_at", "content", "role")),
    "VOTE": ("votes", ("option", "voted_at")),
    "ACT": ("moderation", ("id", "at", "act", "target_id", "message_id", "reason")),
    "BAN": ("bans_given", ("user_id", "banned_at", "until", "reason")),
    "POLL": ("polls", ("id", "question", "options", "opened_at", "closes_at")),
}
DECISIONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "BAN": ("bans", ("banned_at", "until", "reason")),
    "MODERATOR": ("offices", ("added_at",)),
    "ACT": ("decisions", ("at", "act", "reason")),
}
ROOM: Final = (
    "created_at",
    "slow_mode_seconds",
    "followers_only_minutes",
    "links_allowed",
    "blocked_terms",
)


class Takeout:
    """Reads page by page."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sections(self, user_id: UserId) -> Iterator[Section]:
        yield "room", self._room(user_id)
        for kind, (name, shown) in DOINGS.items():
            partition = keys.by_partition(user_id)
            yield name, self._shown(partition, "gsi2", kind, shown)
        for kind, (name, shown) in DECISIONS.items():
            partition = keys.about_partition(user_id)
            yield name, self._shown(partition, "gsi1", kind, shown)

    def _room(self, user_id: UserId) -> Iterable[dict[str, Any]]:
        item = self._table.get(keys.rules_key(user_id))
        return [_picked(item, ROOM)] if item else []

    def _shown(
        self, partition: str, index: str, kind: str, shown: tuple[str, ...]
    ) -> Iterator[dict[str, Any]]:
        for item in every_item(self._table, partition, index=index, prefix=f"{kind}#"):
            yield _where(item) | _picked(item, shown)


def _where(item: Item) -> dict[str, str]:
    """Whose channel it was in, or in which poll, as the item's key says."""
    match item["pk"].split("#"):
        case ["MESSAGE", owner_id, _] | ["AUDIT" | "ROOM", owner_id]:
            return {"channel_of": owner_id}
        case ["VOTE", poll_id, _]:
            return {"poll_id": poll_id}
        case _:
            return {}


def _picked(item: Item, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item}
