"""Broadcasts follow what IVS says of streams.

A stream belongs to one broadcast for good: the transaction that first tells a broadcast of it also
keeps which one it is. What comes later, in whatever order, finds it there.

    unknown stream ──► the channel's current broadcast takes it in
                  ──► nobody waits for it: it makes a broadcast, with the channel's defaults,
                      but no more visible than the one that its encoder went on from
                  ──► its creator has just ended one: it is sent away
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.facts import StreamFact
from socialflow.live.ivs import Ivs
from socialflow.live.models import (
    Broadcast,
    Channel,
    State,
    Visibility,
    broadcast_of_stream,
    settled,
    state_at,
    takes_in,
    told,
)
from socialflow.live.repository import BroadcastRepository, ChannelTaken, Raced, StreamKnown
from socialflow.platform.clock import Clock
from socialflow.platform.observability import logger

MAX_RACES: Final = 8
# Encoders reconnect by themselves when they are sent away, for as long as their settings say.
KEPT_AWAY: Final = timedelta(seconds=60)
AT_ONCE: Final = timedelta(seconds=5)
# For how long an encoder that lost its broadcast goes on with what that one showed to whom.
GOES_ON: Final = timedelta(hours=12)
RECENT: Final = 10
_HIDING: Final = (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE)


class FollowingRaced(Exception):
    """The broadcast changed again and again meanwhile; the event must come again."""


class FollowingService:
    """Tells broadcasts what IVS says. Safe to repeat, in any order, and to stop half-way."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        channels: ChannelRepository,
        ivs: Ivs,
        *,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._broadcasts = broadcasts
        self._channels = channels
        self._ivs = ivs
        self._window = window
        self._clock = clock

    def hear(self, fact: StreamFact) -> Broadcast | None:
        """Tells the broadcast that a stream belongs to; None where it belongs to none.

        Two reads and a write for a stream that is known, one read more for one that is not.
        """
        for _ in range(MAX_RACES):
            try:
                return self._hear(fact)
            except (Raced, StreamKnown, ChannelTaken):
                continue
        raise FollowingRaced(fact.session.stream_id)

    def stop(self, broadcast_id: str) -> None:
        """Stops the stream of a broadcast that its creator has ended, and no later one."""
        broadcast = self._broadcasts.get(broadcast_id, consistent=True)
        if broadcast is None or broadcast.closed_at is None:
            return
        channel = self._channels.get(broadcast.channel_id, consistent=True)
        if channel is None or channel.ivs is None:
            return
        stream = self._ivs.current_stream(channel.ivs.arn)
        if stream is None:
            return
        if stream.stream_id in broadcast.sessions or stream.started_at <= broadcast.closed_at:
            self._ivs.stop(channel.ivs.arn)

    def _hear(self, fact: StreamFact) -> Broadcast | None:
        place = self._broadcasts.of_stream(fact.session.stream_id)
        if place and place.broadcast_id:
            broadcast = self._broadcasts.get(place.broadcast_id, consistent=True)
            return self._tell(broadcast, fact) if broadcast else None
        channel = self._channels.get(fact.channel_id, consistent=True)
        if channel is None or channel.ivs is None or channel.ivs.arn != fact.channel_arn:
            logger().warning("not a channel of ours", extra={"channel_id": fact.channel_id})
            return None
        if place:
            self._stop_again(channel, fact)
            return None
        return self._join(channel, fact)

    def _join(self, channel: Channel, fact: StreamFact) -> Broadcast | None:
        """A stream that nobody has heard of."""
        now = self._clock()
        current = None
        if channel.current_broadcast_id:
            current = self._broadcasts.get(channel.current_broadcast_id, consistent=True)
        if (
            current
            and takes_in(current, fact.session, fact.at, self._window)
            and state_at(current, now, self._window) is not State.ENDED
        ):
            return self._tell(current, fact, joins=True)
        if fact.session.began_at is None:
            return None
        closed_at = current.closed_at if current else channel.closed_at
        if closed_at and closed_at - AT_ONCE <= fact.session.began_at < closed_at + KEPT_AWAY:
            self._send_away(channel, current, fact, now)
            return None
        if current and self._gives_way(current, fact, now):
            raise Raced(current.id)
        return self._make(channel, current, fact, now)

    def _tell(self, broadcast: Broadcast, fact: StreamFact, *, joins: bool = False) -> Broadcast:
        after = settled(told(broadcast, fact.session, fact.incidents), self._clock(), self._window)
        stream_id = fact.session.stream_id if joins else None
        return self._broadcasts.save(broadcast, after, stream_id=stream_id)

    def _make(
        self, channel: Channel, current: Broadcast | None, fact: StreamFact, now: datetime
    ) -> Broadcast:
        """The broadcast that a stream makes by itself.

        It is over from the start where the channel has gone on to another one meanwhile.
        """
        began = fact.session.concerns or fact.at
        defaults = channel.defaults
        made = Broadcast(
            id=broadcast_of_stream(fact.session.stream_id, fact.at),
            channel_id=channel.id,
            owner_id=channel.owner_id,
            state=State.STARTING,
            title=defaults.title,
            category=defaults.category,
            visibility=self._visibility(channel, began),
            replay=defaults.replay,
            created_at=now,
            opened_at=began,
        )
        made = told(made, fact.session, fact.incidents)
        if current:
            made = replace(made, concluded_at=now)
        return self._broadcasts.create(
            settled(made, now, self._window), stream_id=fact.session.stream_id
        )

    def _visibility(self, channel: Channel, began: datetime) -> Visibility:
        """The channel's default, unless the encoder goes on from a broadcast that was less visible.

        One whose creator did not end it: the encoder was away for longer than the window, or it
        came hours after it was waited for. Nobody meant that to make it public.
        """
        page = self._broadcasts.list_of_owner(channel.owner_id, after=None, limit=RECENT)
        opened = [
            (each.opened_at, each.id, each)
            for each in page.broadcasts
            if each.opened_at and each.opened_at <= began
        ]
        default = channel.defaults.visibility
        if not opened:
            return default
        _, _, former = max(opened)
        over_at = former.ended_at or began
        was_ended = former.closed_at is not None and former.closed_at <= began
        if was_ended or began - over_at > GOES_ON:
            return default
        return max(default, former.visibility, key=_HIDING.index)

    def _gives_way(self, current: Broadcast, fact: StreamFact, now: datetime) -> bool:
        """Whether the channel's broadcast was over, or full, and has been concluded now."""
        full = fact.session.is_running and not current.takes_sessions
        if state_at(current, now, self._window) is not State.ENDED and not full:
            return False
        over = replace(current, concluded_at=now) if full else current
        self._broadcasts.save(current, settled(over, now, self._window))
        return True

    def _send_away(
        self, channel: Channel, current: Broadcast | None, fact: StreamFact, now: datetime
    ) -> None:
        """Keeps an encoder off that comes back by itself after its creator has ended.

        What ended waits for its own last stream, so that one is taken to be over first.
        """
        if current:
            self._broadcasts.save(
                current, settled(replace(current, concluded_at=now), now, self._window)
            )
            raise Raced(current.id)
        self._broadcasts.send_away(fact.session.stream_id, channel, now)
        self._stop_again(channel, fact)

    def _stop_again(self, channel: Channel, fact: StreamFact) -> None:
        if channel.ivs is None or not fact.session.is_running:
            return
        stream = self._ivs.current_stream(channel.ivs.arn)
        if stream and stream.stream_id == fact.session.stream_id:
            self._ivs.stop(channel.ivs.arn)
