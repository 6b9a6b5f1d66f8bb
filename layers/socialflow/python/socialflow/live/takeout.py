"""What live knows of a person, for their export: their channel and their broadcasts.

The stream key is none of it: it opens the channel to whoever reads the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from socialflow.live import keys
from socialflow.live.models import Broadcast, channel_of
from socialflow.live.records import broadcast_from_item, channel_from_item, defaults_to_item
from socialflow.platform.dynamodb import Table
from socialflow.platform.partitions import every_item
from socialflow.platform.principal import UserId
from socialflow.platform.records import Section


class Takeout:
    """Reads page by page."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sections(self, user_id: UserId) -> Iterator[Section]:
        yield "channel", self._channel(user_id)
        yield "broadcasts", self._broadcasts(user_id)

    def _channel(self, user_id: UserId) -> Iterable[dict[str, Any]]:
        item = self._table.get(keys.channel_key(channel_of(user_id)))
        if item is None:
            return []
        channel = channel_from_item(item)
        defaults = defaults_to_item(channel.defaults)
        return [{"id": channel.id, "created_at": channel.created_at, "defaults": defaults}]

    def _broadcasts(self, user_id: UserId) -> Iterator[dict[str, Any]]:
        for item in every_item(self._table, keys.owner_partition(user_id), index="gsi1"):
            yield _told(broadcast_from_item(item))


def _told(broadcast: Broadcast) -> dict[str, Any]:
    return {
        "id": broadcast.id,
        "title": broadcast.title,
        "description": broadcast.description,
        "category": broadcast.category,
        "visibility": broadcast.visibility,
        "state": broadcast.state,
        "replay": broadcast.replay,
        "created_at": broadcast.created_at,
        "scheduled_for": broadcast.scheduled_for,
        "started_at": broadcast.started_at,
        "ended_at": broadcast.ended_at,
        "peak_viewers": broadcast.peak_viewers,
        "sessions": [
            {"began_at": each.began_at, "over_at": each.over_at} for each in broadcast.in_order
        ],
    }
