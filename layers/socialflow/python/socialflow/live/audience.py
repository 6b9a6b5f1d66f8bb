"""Who watches: heartbeats in, counts out.

Players send a heartbeat every 15 seconds; each leaves an item of its own, so nothing is hot. Four
times a minute a message wakes the fold of each live broadcast, which counts these items anew. A
fold that comes twice, late or beside another counts the same.

Our count and IVS's (`note_ivs_viewers`) differ: IVS counts players that fetch segments, also those
whose page sends no heartbeat, and a person once for each tab.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from socialflow.live.audience_repository import AudienceRepository
from socialflow.live.counting import slot_of, slots_to_count, tally
from socialflow.live.models import Broadcast, State, settled, state_at
from socialflow.live.repository import BroadcastRepository, Raced
from socialflow.live.viewer_tokens import ViewerTokens
from socialflow.platform.clock import Clock

MAX_RACES: Final = 5
_WATCHED: Final = (State.LIVE, State.ENDING)


class FoldRaced(Exception):
    """The broadcast changed again and again while it was counted; the message must come again."""


class HeartbeatService:
    """Takes heartbeats. One write each; the token is checked without a read."""

    def __init__(
        self, audience: AudienceRepository, viewers: ViewerTokens, *, clock: Clock
    ) -> None:
        self._audience = audience
        self._viewers = viewers
        self._clock = clock

    def beat(self, broadcast_id: str, token: str, *, latency_ms: int | None) -> None:
        """Notes that the token's bearer watches. Raises `ViewerTokenInvalid`."""
        viewer = self._viewers.viewer_of(token, broadcast_id)
        self._audience.be_present(broadcast_id, viewer, self._clock(), latency_ms)


class AudienceFold:
    """Counts the viewers of a broadcast, and closes one whose reconnect window has passed."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        audience: AudienceRepository,
        *,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._broadcasts = broadcasts
        self._audience = audience
        self._window = window
        self._clock = clock

    def due(self, broadcast_id: str) -> Broadcast | None:
        """Does what a broadcast needs by now. Raises `FoldRaced`.

        Live: 1 read of the row, 4 queries, 1 read of the sketch, 1 write: 7 round trips. Otherwise
        1 read, and a write where its state has changed with time.
        """
        for _ in range(MAX_RACES):
            broadcast = self._broadcasts.get(broadcast_id, consistent=True)
            if broadcast is None:
                return None
            now = self._clock()
            state = state_at(broadcast, now, self._window)
            if state is not broadcast.state:
                try:
                    self._broadcasts.save(broadcast, settled(broadcast, now, self._window))
                except Raced:
                    continue
                continue
            if state not in _WATCHED or self._count(broadcast):
                return broadcast
        raise FoldRaced(broadcast_id)

    def _count(self, broadcast: Broadcast) -> bool:
        now = self._clock()
        current = slot_of(now)
        began = slot_of(broadcast.started_at or now)
        over = slots_to_count(broadcast.counted_slot, began, current)
        found = self._audience.presence(broadcast.id, min([*over, current - 1]))
        counted = tally(found, now, over=over)
        return self._audience.keep(broadcast, counted, self._audience.uniques(broadcast.id))
