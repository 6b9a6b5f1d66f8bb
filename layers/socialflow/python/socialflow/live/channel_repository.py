"""Channels in their table: one conditional write for each change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from socialflow.live import keys
from socialflow.live.models import Channel, Defaults, IvsChannel
from socialflow.live.records import (
    channel_from_item,
    defaults_to_item,
    ivs_to_item,
    new_channel_item,
)
from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, Write

CHECK_KEYS: Final = ("gsi3pk", "gsi3sk")
FOLLOW_UP: Final = timedelta(minutes=2)
LEASE: Final = timedelta(minutes=1)
CHECK_PAGE: Final = 100
MAX_CHECK_PAGES: Final = 50


class ChannelRepository:
    """What requests and events do to channels."""

    def __init__(self, table: Table, *, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def get(self, channel_id: str, *, consistent: bool = False) -> Channel | None:
        item = self._table.get(keys.channel_key(channel_id), consistent=consistent)
        return channel_from_item(item) if item else None

    def of_arn(self, arn: str) -> Channel | None:
        """The channel that IVS knows by this ARN; eventually consistent."""
        page = self._table.query(keys.arn_partition(arn), index="gsi1", limit=1)
        return channel_from_item(page.items[0]) if page.items else None

    def due_for_check(self) -> Iterator[Channel]:
        """Every channel that the follower should look at by now."""
        now = to_rfc3339(self._clock())
        for shard in range(keys.CHECK_SHARDS):
            partition, after = keys.check_partition(shard), None
            for _ in range(MAX_CHECK_PAGES):
                page = self._table.query(partition, index="gsi3", after=after, limit=CHECK_PAGE)
                for item in page.items:
                    if item["gsi3sk"] > now + "~":
                        break
                    yield channel_from_item(item)
                else:
                    after = page.next_position
                    if after:
                        continue
                break

    def request(self, channel: Channel) -> Channel:
        """Puts a new channel; the one that is there already is returned as it is."""
        item = new_channel_item(channel) | keys.check_keys(channel.id, self._clock() + FOLLOW_UP)
        try:
            self._table.write(Write(put=item, condition="attribute_not_exists(pk)"))
        except ConditionFailed as refused:
            return channel_from_item(refused.item) if refused.item else channel
        return channel

    def edit(self, channel: Channel, defaults: Defaults, *, expected_edits: int) -> Channel | None:
        """Changes what new broadcasts are like; None where it was edited meanwhile."""
        return self._change(
            channel.id,
            set={"defaults": defaults_to_item(defaults), "edits": expected_edits + 1},
            condition="#edits = :seen",
            values={"seen": expected_edits},
        )

    def take_provisioning(self, channel_id: str) -> Channel | None:
        """Leave to make the channel at IVS, to one at a time; None where it is not to be had."""
        now = self._clock()
        return self._change(
            channel_id,
            set={"lease_until": int((now + LEASE).timestamp())},
            condition=(
                "attribute_not_exists(#ivs) AND "
                "(attribute_not_exists(#lease_until) OR #lease_until < :now)"
            ),
            values={"now": int(now.timestamp())},
            visible=False,
        )

    def make_ready(self, channel_id: str, ivs: IvsChannel) -> Channel | None:
        """requested → ready; None where it is ready already."""
        return self._change(
            channel_id,
            set={
                "ivs": ivs_to_item(ivs),
                "gsi1pk": keys.arn_partition(ivs.arn),
                "gsi1sk": channel_id,
            },
            remove=("lease_until",),
            condition="attribute_not_exists(#ivs)",
        )

    def request_rotation(self, channel: Channel) -> Channel | None:
        """Asks for another stream key; None where a rotation is under way already."""
        return self._change(
            channel.id,
            set={
                "is_rotating": True,
                **self._followed(channel),
            },
            add={"rotation": 1},
            condition="attribute_exists(#ivs) AND attribute_not_exists(#is_rotating)",
        )

    def finish_rotation(self, channel: Channel, ivs: IvsChannel) -> Channel | None:
        """Keeps the new key's ARN; None where this rotation is finished already."""
        return self._change(
            channel.id,
            set={"ivs": ivs_to_item(ivs)},
            remove=("is_rotating",),
            condition="attribute_exists(#is_rotating) AND #rotation = :rotation",
            values={"rotation": channel.rotation},
        )

    def end_check(self, channel: Channel) -> None:
        """The follower has nothing more to do here, unless the channel changed meanwhile."""
        self._change(
            channel.id,
            remove=CHECK_KEYS,
            condition="#revision = :seen",
            values={"seen": channel.revision},
            visible=False,
        )

    def _followed(self, channel: Channel) -> dict[str, str]:
        # One with a broadcast is followed every minute already.
        if channel.current_broadcast_id:
            return {}
        return keys.check_keys(channel.id, self._clock() + FOLLOW_UP)

    def _change(
        self,
        channel_id: str,
        *,
        condition: str,
        set: Mapping[str, object] | None = None,
        add: Mapping[str, int] | None = None,
        remove: tuple[str, ...] = (),
        values: Mapping[str, object] | None = None,
        visible: bool = True,
    ) -> Channel | None:
        try:
            item = self._table.write(
                Write(
                    key=keys.channel_key(channel_id),
                    set=set or {},
                    add={**(add or {}), **({"revision": 1} if visible else {})},
                    remove=remove,
                    condition=f"attribute_exists(pk) AND {condition}",
                    values=values or {},
                )
            )
        except ConditionFailed:
            return None
        return channel_from_item(item)


def occupy(channel_id: str, broadcast_id: str, now: datetime) -> Write:
    """The part of a transaction that makes a broadcast the channel's current one.

    It stays where it is that one already. The channel is followed from now on.
    """
    return Write(
        key=keys.channel_key(channel_id),
        set={"current_broadcast_id": broadcast_id, **keys.check_keys(channel_id, now)},
        add={"revision": 1},
        remove=("closed_at",),
        condition=(
            "attribute_exists(pk) AND (attribute_not_exists(#current_broadcast_id)"
            " OR #current_broadcast_id = :mine)"
        ),
        values={"mine": broadcast_id},
    )


def release(channel_id: str, broadcast_id: str, closed_at: datetime | None) -> Write:
    """The part of a transaction that frees the channel of a broadcast that has ended.

    The follower takes the channel off its list itself.
    """
    return Write(
        key=keys.channel_key(channel_id),
        set={"closed_at": to_rfc3339(closed_at)} if closed_at else {},
        add={"revision": 1},
        remove=("current_broadcast_id",),
        condition="#current_broadcast_id = :mine",
        values={"mine": broadcast_id},
    )


def stay_closed(channel_id: str, at: datetime) -> Write:
    """The part of a transaction that keeps an encoder away which will not stop by itself."""
    return Write(
        key=keys.channel_key(channel_id),
        set={"closed_at": to_rfc3339(at)},
        add={"revision": 1},
        condition="attribute_exists(pk) AND attribute_exists(#closed_at)",
    )
