"""Presence, points and counts in the live table.

Costs, in DynamoDB's units and round trips (one item is well under 1 KB):

| operation          | round trips                | units                                       |
|--------------------|----------------------------|---------------------------------------------|
| `be_present`       | 1                          | 1 WCU                                       |
| `presence`         | 1 a shard and page         | 0.5 RCU a shard and 4 KB (30 viewers)       |
| `keep` (new slot)  | 1 transaction              | 2 WCU a point; 2 a KB of sketch, row, lists |
| `keep` (same slot) | 1, or 0 if nothing changed | 1 WCU a KB of row and lists                 |
| `note_ivs_viewers` | 1                          | 1 WCU                                       |
| `history`          | 1 a MB, some 7,000 points  | 0.5 RCU for 4 KB                            |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from socialflow.live import keys
from socialflow.live.counting import SLOT_SECONDS, Presence, SlotCount, Tally, slot_of
from socialflow.live.models import Broadcast, State
from socialflow.live.records import broadcast_from_item, listing_of
from socialflow.live.uniques import Uniques
from socialflow.platform.clock import from_epoch_seconds
from socialflow.platform.dynamodb import ConditionFailed, Table, TransactionRefused, Write

PRESENCE_KEPT: Final = timedelta(minutes=15)
_PAGE: Final = 5000
_MAX_PAGES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How many watched in a slot: as heartbeats say, and as IVS does."""

    slot: int
    viewers: int | None
    ivs_viewers: int | None
    latency_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that was counted of a broadcast."""

    broadcast: Broadcast
    points: tuple[Point, ...]
    uniques: Uniques


class AudienceRepository:
    """What heartbeats and counts write."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def be_present(
        self, broadcast_id: str, viewer: str, at: datetime, latency_ms: int | None
    ) -> None:
        """Notes that a viewer watches; again in the same half minute it is the same item."""
        expires_at = int((at + PRESENCE_KEPT).timestamp())
        item = {
            **keys.presence_key(broadcast_id, slot_of(at), viewer),
            "seen_at": int(at.timestamp()),
            "expires_at": expires_at,
            "latency_ms": latency_ms,
        }
        self._table.write(Write(put=item))

    def presence(self, broadcast_id: str, since: int) -> dict[int, list[Presence]]:
        """Everybody who was there, by slot, from slot `since` on."""
        found: dict[int, list[Presence]] = {}
        for shard in range(keys.PRESENCE_SHARDS):
            partition = keys.presence_partition(broadcast_id, shard)
            for item in self._all(partition, after=keys.presence_position(since)):
                slot, _, viewer = item["sk"].partition("#")
                seen = Presence(
                    viewer=viewer, seen_at=item["seen_at"], latency_ms=item.get("latency_ms")
                )
                found.setdefault(int(slot), []).append(seen)
        return found

    def uniques(self, broadcast_id: str) -> Uniques:
        item = self._table.get(keys.uniques_key(broadcast_id), consistent=True)
        return Uniques.from_bytes(item["sketch"]) if item else Uniques()

    def keep(self, broadcast: Broadcast, tally: Tally, known: Uniques) -> bool:
        """Writes a count, together with the points and the viewers that are new to it.

        False where the broadcast is no longer the one that was read: count again. It asks for
        the revision, so that a count cannot list one that has just been hidden or has ended.
        """
        last = max((point.slot for point in tally.points), default=broadcast.counted_slot)
        after = _counted(broadcast, tally, max(last, broadcast.counted_slot))
        uniques = known.with_viewers(tally.seen)
        writes = [_point(broadcast.id, point) for point in tally.points]
        if uniques != known:
            sketch = {"sketch": uniques.to_bytes()}
            writes.append(Write(put={**keys.uniques_key(broadcast.id), **sketch}))
        if after:
            writes.append(after)
        try:
            if len(writes) == 1:
                self._table.write(writes[0])
            elif writes:
                self._table.transact(writes)
        except (ConditionFailed, TransactionRefused):
            return False
        return True

    def note_ivs_viewers(self, broadcast_id: str, at: datetime, viewers: int) -> None:
        """Keeps IVS's own count beside ours."""
        self._table.write(
            Write(key=keys.point_key(broadcast_id, slot_of(at)), set={"ivs_viewers": viewers})
        )

    def history(self, broadcast_id: str) -> History | None:
        """A broadcast and all that was counted of it, from one partition."""
        broadcast, points, uniques = None, [], Uniques()
        for item in self._all(keys.broadcast_partition(broadcast_id)):
            match item["sk"]:
                case keys.BROADCAST_SK:
                    broadcast = broadcast_from_item(item)
                case keys.UNIQUES_SK:
                    uniques = Uniques.from_bytes(item["sketch"])
                case _:
                    points.append(
                        Point(
                            slot=int(item["sk"].removeprefix(keys.POINT_PREFIX)),
                            viewers=item.get("viewers"),
                            ivs_viewers=item.get("ivs_viewers"),
                            latency_ms=item.get("latency_ms"),
                        )
                    )
        if broadcast is None:
            return None
        return History(broadcast=broadcast, points=tuple(points), uniques=uniques)

    def _all(self, partition: str, after: str | None = None) -> Iterator[dict[str, Any]]:
        for _ in range(_MAX_PAGES):
            page = self._table.query(partition, after=after, limit=_PAGE)
            yield from page.items
            after = page.next_position
            if after is None:
                return


def _point(broadcast_id: str, point: SlotCount) -> Write:
    latency = {} if point.latency_ms is None else {"latency_ms": point.latency_ms}
    return Write(
        key=keys.point_key(broadcast_id, point.slot), set={"viewers": point.viewers, **latency}
    )


def _counted(broadcast: Broadcast, tally: Tally, slot: int) -> Write | None:
    """The change of the row, None where it says all of this already."""
    viewers = tally.viewers if broadcast.state is State.LIVE else 0
    peak = max(broadcast.peak_viewers, tally.most)
    if (viewers, peak, slot) == (
        broadcast.viewers,
        broadcast.peak_viewers,
        broadcast.counted_slot,
    ):
        return None
    listing = listing_of(replace(broadcast, viewers=viewers))
    return Write(
        key=keys.broadcast_key(broadcast.id),
        set={"viewers": viewers, "peak_viewers": peak, "counted_slot": slot, **listing},
        add={"counts": 1},
        condition="#revision = :seen",
        values={"seen": broadcast.revision},
    )


def moment_of(slot: int) -> datetime:
    """When a slot began."""
    return from_epoch_seconds(slot * SLOT_SECONDS)
