"""Broadcasts in their table.

A broadcast changes only from a version that was read: each write asks that `revision` is still
the one seen. Counting viewers goes beside that (`audience_repository`): it asks for the revision
as well but leaves it as it is, so that a count never makes a change of state try again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from socialflow.live import keys
from socialflow.live.channel_repository import occupy, release, stay_closed
from socialflow.live.models import ACTIVE, Broadcast, Channel, State
from socialflow.live.records import LISTING_KEYS, broadcast_from_item, broadcast_to_item
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.dynamodb import (
    ConditionFailed,
    Item,
    Page,
    Table,
    TransactionRefused,
    Write,
)

_OPTIONAL: Final = (
    "scheduled_for",
    "opened_at",
    "closed_at",
    "concluded_at",
    "thumbnail",
    *LISTING_KEYS,
)
_NEW: Final = "attribute_not_exists(pk)"
# IVS streams for two days at most, and tries to deliver an event for hours.
STREAM_KEPT: Final = timedelta(days=30)


class ChannelTaken(Exception):
    """Another broadcast is the channel's current one, or the channel is not there."""


class Raced(Exception):
    """The broadcast is no longer the one that was read: read it again."""


class StreamKnown(Exception):
    """The stream belongs to a broadcast already: look again which."""


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """The broadcast that a stream is part of; None for one that was sent away."""

    broadcast_id: str | None


@dataclass(frozen=True, slots=True)
class BroadcastPage:
    """One page of broadcasts, and the position to go on from."""

    broadcasts: tuple[Broadcast, ...]
    next_position: str | None


class BroadcastRepository:
    """What requests and events do to broadcasts."""

    def __init__(self, table: Table, *, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def get(self, broadcast_id: str, *, consistent: bool = False) -> Broadcast | None:
        item = self._table.get(keys.broadcast_key(broadcast_id), consistent=consistent)
        return broadcast_from_item(item) if item else None

    def get_many(self, ids: Sequence[str]) -> dict[str, Broadcast]:
        """Those of up to 100 broadcasts that are there, in one read."""
        found = self._table.get_many([keys.broadcast_key(each) for each in dict.fromkeys(ids)])
        return {item["id"]: broadcast_from_item(item) for item in found}

    def of_stream(self, stream_id: str) -> StreamPlace | None:
        """Where a stream belongs; None while nobody has decided."""
        item = self._table.get(keys.stream_key(stream_id), consistent=True)
        return StreamPlace(item.get("broadcast_id")) if item else None

    def send_away(self, stream_id: str, channel: Channel, at: datetime) -> None:
        """Decides that a stream belongs nowhere: its creator has just ended what it was part of.

        The channel stays closed from now on. Raises `StreamKnown` and `ChannelTaken`.
        """
        item = _stream_item(stream_id, channel.id, at)
        try:
            self._table.transact(
                [Write(put=item, condition=_NEW), stay_closed(channel.id, at)],
            )
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise StreamKnown(stream_id) from refused
            raise ChannelTaken(channel.id) from refused

    def list_of_owner(self, owner_id: str, *, after: str | None, limit: int) -> BroadcastPage:
        """All of an owner's broadcasts, newest first."""
        return self._page(keys.owner_partition(owner_id), "gsi1", after, limit, newest_first=True)

    def list_scheduled(self, owner_id: str, *, after: str | None, limit: int) -> BroadcastPage:
        """A channel's public scheduled broadcasts, soonest first."""
        return self._page(keys.scheduled_partition(owner_id), "gsi2", after, limit)

    def list_ended(self, owner_id: str, *, after: str | None, limit: int) -> BroadcastPage:
        """A channel's public broadcasts that are over, newest first."""
        return self._page(keys.ended_partition(owner_id), "gsi2", after, limit, newest_first=True)

    def list_live(self, category: str | None, *, after: str | None, limit: int) -> BroadcastPage:
        """Public broadcasts that are live, most viewers first."""
        if category:
            partition, index = keys.category_partition(category), "gsi3"
        else:
            partition, index = keys.DIRECTORY, "gsi2"
        return self._page(partition, index, after, limit, newest_first=True)

    def create(self, broadcast: Broadcast, *, stream_id: str | None = None) -> Broadcast:
        """Puts a new broadcast; one that is active becomes the channel's current one with it.

        One of the same id that is there already is returned as it is. `stream_id` is the stream
        that made it. Raises `ChannelTaken` or `StreamKnown`.
        """
        item = {**broadcast_to_item(broadcast), "viewers": 0, "peak_viewers": 0}
        writes = [Write(put=item, condition=_NEW)]
        if broadcast.state in ACTIVE:
            writes.append(occupy(broadcast.channel_id, broadcast.id, self._clock()))
        if stream_id:
            writes.append(self._stream(stream_id, broadcast))
        try:
            self._table.transact(writes)
        except TransactionRefused as refused:
            there = self.get(broadcast.id, consistent=True) if 0 in refused.failed else None
            if there:
                return there
            if stream_id and len(writes) - 1 in refused.failed:
                raise StreamKnown(stream_id) from refused
            raise ChannelTaken(broadcast.channel_id) from refused
        return broadcast

    def save(
        self, before: Broadcast, after: Broadcast, *, stream_id: str | None = None
    ) -> Broadcast:
        """Writes what changed, and occupies or frees the channel where the state asks for it.

        `stream_id` is a stream that joins the broadcast. Raises `Raced`, and `ChannelTaken`
        where a scheduled broadcast was to start on a channel that is occupied.
        """
        if after == before and stream_id is None:
            return before
        after = replace(after, revision=before.revision + 1)
        writes = [self._update(before, after)]
        if stream_id:
            writes.append(self._stream(stream_id, after))
        opens = after.state in ACTIVE and before.state is State.SCHEDULED
        frees = after.state is State.ENDED and before.state in ACTIVE
        if opens:
            writes.append(occupy(after.channel_id, after.id, self._clock()))
        if frees:
            writes.append(release(after.channel_id, after.id, after.closed_at))
        try:
            if len(writes) == 1:
                return broadcast_from_item(self._table.write(writes[0]))
            self._table.transact(writes)
        except ConditionFailed as refused:
            raise Raced(before.id) from refused
        except TransactionRefused as refused:
            if opens and refused.failed == (len(writes) - 1,):
                raise ChannelTaken(after.channel_id) from refused
            if frees and refused.failed == (len(writes) - 1,):
                # The channel has gone on already: there is nothing to free.
                return self._save_alone(writes[:-1], after)
            raise Raced(before.id) from refused
        return after

    def _save_alone(self, writes: list[Write], after: Broadcast) -> Broadcast:
        try:
            self._table.transact(writes)
        except TransactionRefused as refused:
            raise Raced(after.id) from refused
        return after

    def delete_scheduled(self, broadcast: Broadcast) -> bool:
        """Removes a broadcast that has not been opened; False where it changed meanwhile."""
        try:
            self._table.write(
                Write(
                    key=keys.broadcast_key(broadcast.id),
                    delete=True,
                    condition="#state = :scheduled AND #revision = :seen",
                    values={"scheduled": State.SCHEDULED, "seen": broadcast.revision},
                )
            )
        except ConditionFailed:
            return False
        return True

    def _update(self, before: Broadcast, after: Broadcast) -> Write:
        was, item = broadcast_to_item(before), broadcast_to_item(after)
        changed: Item = {name: value for name, value in item.items() if was.get(name) != value}
        if not after.viewers and before.viewers:
            changed["viewers"] = 0
        return Write(
            key=keys.broadcast_key(after.id),
            set=changed,
            remove=tuple(name for name in _OPTIONAL if name in was and name not in item),
            condition="attribute_exists(pk) AND #revision = :seen",
            values={"seen": before.revision},
        )

    def _stream(self, stream_id: str, broadcast: Broadcast) -> Write:
        item = _stream_item(stream_id, broadcast.channel_id, self._clock())
        return Write(put={**item, "broadcast_id": broadcast.id}, condition=_NEW)

    def _page(
        self,
        partition: str,
        index: str,
        after: str | None,
        limit: int,
        *,
        newest_first: bool = False,
    ) -> BroadcastPage:
        return _broadcasts(
            self._table.query(
                partition, index=index, after=after, limit=limit, newest_first=newest_first
            )
        )


def _stream_item(stream_id: str, channel_id: str, at: datetime) -> Item:
    return {
        **keys.stream_key(stream_id),
        "gsi1pk": keys.streams_partition(channel_id),
        "gsi1sk": stream_id,
        "channel_id": channel_id,
        "seen_at": to_rfc3339(at),
        "expires_at": int((at + STREAM_KEPT).timestamp()),
    }


def _broadcasts(page: Page) -> BroadcastPage:
    return BroadcastPage(
        tuple(broadcast_from_item(item) for item in page.items), page.next_position
    )
