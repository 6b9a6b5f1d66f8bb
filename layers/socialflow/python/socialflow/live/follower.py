"""Once a minute: what IVS says is on, held against what we believe is on.

Events are sent at best effort, so each of them may be lost. Whatever we hold to be live and IVS
does not has ended; whatever IVS holds to be live and we do not has started; windows that have
passed close, and channels and keys whose making got stuck are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final

from socialflow.live.audience_repository import AudienceRepository
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.channels import ProvisioningService, ProvisioningTaken
from socialflow.live.due_messages import FOLDS_A_MINUTE, Due, DueMessages
from socialflow.live.facts import StreamFact
from socialflow.live.following import FollowingService
from socialflow.live.ivs import Ivs, LiveStream
from socialflow.live.models import Broadcast, Channel, State, settled, state_at
from socialflow.live.repository import BroadcastRepository, Raced
from socialflow.live.sessions import Session
from socialflow.platform.clock import Clock
from socialflow.platform.observability import logger

BATCH: Final = 100
# Of the 5 control calls a second that IVS allows, what a run may use on channels that are stuck.
MAX_DRIVEN: Final = 20
# IVS's lists follow its events at their own pace: what is this young may not be in them yet.
YOUNG: Final = timedelta(minutes=2)


@dataclass
class Report:
    """What a run found: channels whose making was stuck, broadcasts to count, and failures."""

    stuck: int = 0
    failed: int = 0
    live: list[str] = field(default_factory=list)


class Follower:
    """Holds broadcasts to what IVS says. Each channel on its own: one failing stops no other."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        channels: ChannelRepository,
        audience: AudienceRepository,
        *,
        following: FollowingService,
        provisioning: ProvisioningService,
        ivs: Ivs,
        messages: DueMessages,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._broadcasts = broadcasts
        self._channels = channels
        self._audience = audience
        self._following = following
        self._provisioning = provisioning
        self._ivs = ivs
        self._messages = messages
        self._window = window
        self._clock = clock

    def run(self) -> Report:
        """Looks at every channel that has a broadcast or waits for something."""
        report = Report()
        streams = {each.channel_arn: each for each in self._ivs.live_streams()}
        for batch in _batches(self._channels.due_for_check()):
            ids = [each.current_broadcast_id for each in batch if each.current_broadcast_id]
            broadcasts = self._broadcasts.get_many(ids)
            for channel in batch:
                stream = streams.pop(channel.ivs.arn, None) if channel.ivs else None
                broadcast = broadcasts.get(channel.current_broadcast_id or "")
                try:
                    self._follow(channel, broadcast, stream, report)
                except Exception:
                    report.failed += 1
                    logger().exception("channel not followed", extra={"channel_id": channel.id})
        for stream in streams.values():
            try:
                self._meet(stream, report)
            except Exception:
                report.failed += 1
                logger().exception("stream not met", extra={"stream_id": stream.stream_id})
        self._messages.send(
            Due(broadcast_id, delay) for broadcast_id in report.live for delay in FOLDS_A_MINUTE
        )
        return report

    def _follow(
        self,
        channel: Channel,
        broadcast: Broadcast | None,
        stream: LiveStream | None,
        report: Report,
    ) -> None:
        driven = self._drive_on(channel, report)
        for fact in self._news(channel, broadcast, stream):
            broadcast = self._following.hear(fact) or broadcast
        if broadcast is None:
            if not driven and channel.current_broadcast_id is None:
                self._channels.end_check(channel)
            return
        now = self._clock()
        if broadcast.closed_at and stream:
            self._following.stop(broadcast.id)
        state = state_at(broadcast, now, self._window)
        if state is not broadcast.state:
            try:
                self._broadcasts.save(broadcast, settled(broadcast, now, self._window))
            except Raced:
                # Whoever changed it has settled it, too.
                return
        if state is State.LIVE:
            report.live.append(broadcast.id)
            if stream and stream.viewers is not None:
                self._audience.note_ivs_viewers(broadcast.id, now, stream.viewers)

    def _drive_on(self, channel: Channel, report: Report) -> bool:
        """Does what is stuck; whether there was anything."""
        if report.stuck >= MAX_DRIVEN:
            return True
        try:
            driven = self._provisioning.drive_on(channel)
        except ProvisioningTaken:
            return True
        if driven:
            report.stuck += 1
        return driven

    def _news(
        self, channel: Channel, broadcast: Broadcast | None, stream: LiveStream | None
    ) -> Iterator[StreamFact]:
        """What IVS knows of a channel's streams and its broadcast does not."""
        if channel.ivs is None:
            return
        sessions = broadcast.sessions if broadcast else {}
        for each in sessions.values():
            if each.is_running and (stream is None or stream.stream_id != each.stream_id):
                # It may have started after the list was made, so IVS is asked for this very one.
                found = self._ivs.session(channel.ivs.arn, each.stream_id)
                if found is None and self._is_young(each):
                    continue
                if found is None or found.ended_at:
                    ended_at = found.ended_at if found else None
                    over = Session(stream_id=each.stream_id, ended_at=ended_at or self._clock())
                    yield self._fact(channel, over)
        if stream:
            known = sessions.get(stream.stream_id)
            if known is None or known.began_at is None:
                began = Session(stream_id=stream.stream_id, started_at=stream.started_at)
                yield self._fact(channel, began)

    def _is_young(self, session: Session) -> bool:
        return session.began_at is not None and self._clock() - session.began_at < YOUNG

    def _meet(self, stream: LiveStream, report: Report) -> None:
        """A stream of a channel that nobody follows."""
        channel = self._channels.of_arn(stream.channel_arn)
        if channel is None:
            return
        began = Session(stream_id=stream.stream_id, started_at=stream.started_at)
        broadcast = self._following.hear(self._fact(channel, began))
        if broadcast and broadcast.state is State.LIVE:
            report.live.append(broadcast.id)

    def _fact(self, channel: Channel, session: Session) -> StreamFact:
        arn = channel.ivs.arn if channel.ivs else ""
        at = session.concerns or self._clock()
        return StreamFact(channel_id=channel.id, channel_arn=arn, at=at, session=session)


def _batches(channels: Iterator[Channel]) -> Iterator[list[Channel]]:
    while batch := list(islice(channels, BATCH)):
        yield batch
