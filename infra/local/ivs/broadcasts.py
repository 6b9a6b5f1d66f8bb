"""All broadcasts of the server: who may publish, who is live, what an earlier server left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from infra.local.ivs.addresses import Addresses
from infra.local.ivs.broadcast import Broadcast, BroadcastRoom
from infra.local.ivs.catalogue import Catalogue
from infra.local.ivs.events import STATE_CHANGE
from infra.local.ivs.records import Channel
from infra.local.ivs.rtmp.publisher import (
    Publication,
    PublishRefused,
    PublishRequest,
    RefusalCode,
)
from infra.local.ivs.sessions import Session

__all__ = ["Broadcasts"]

_LOG = logging.getLogger(__name__)


class Broadcasts:
    """Belongs to the event loop."""

    def __init__(self, room: BroadcastRoom, catalogue: Catalogue, addresses: Addresses) -> None:
        self._room = room
        self._catalogue = catalogue
        self._addresses = addresses
        self._by_channel: dict[str, Broadcast] = {}
        self._watchable: dict[str, Broadcast] = {}
        self._latest: dict[str, str] = {}
        self._background: set[asyncio.Task[None]] = set()

    @property
    def publishing(self) -> list[Broadcast]:
        """Those with an encoder connected."""
        return list(self._by_channel.values())

    def live(self, channel_arn: str) -> Broadcast | None:
        """What the channel shows now."""
        broadcast = self._watchable.get(self._latest.get(channel_arn, ""))
        return broadcast if broadcast and broadcast.live else None

    def all_live(self) -> list[Broadcast]:
        return [one for one in self._watchable.values() if one.live]

    def watchable(self, stream_id: str) -> Broadcast | None:
        """Also a while after its end, so that players see it."""
        return self._watchable.get(stream_id)

    def connected(self, channel_arn: str) -> Broadcast | None:
        return self._by_channel.get(channel_arn)

    async def accept(self, request: PublishRequest) -> Publication:
        """See `rtmp.publisher.Accept`. Raises `PublishRefused`."""
        channel = self._catalogue.channel_of_key(request.stream_key)
        if channel is None:
            raise PublishRefused(RefusalCode.BAD_KEY, "The stream key is not valid.")
        if not request.secure and not channel.insecure_ingest:
            raise PublishRefused(RefusalCode.INSECURE, "The channel takes RTMPS only.")
        if channel.arn in self._by_channel:
            raise PublishRefused(
                RefusalCode.ALREADY_PUBLISHING, "The stream key is already in use."
            )
        session = self._new_session(channel)
        if len(self._by_channel) >= self._room.config.max_streams:
            self._tell_failure(session)
            raise PublishRefused(RefusalCode.UNAVAILABLE, "Transcode capacity exceeded.")
        recording = self._catalogue.recordings.get(channel.recording_configuration_arn)
        session.recording_configuration = recording.to_wire() if recording else None
        self._room.sessions.record(session, (STATE_CHANGE, {"event_name": "Session Created"}))
        broadcast = Broadcast(
            self._room, session, request, recording, lambda: self._left(channel.arn, session)
        )
        self._by_channel[channel.arn] = broadcast
        self._watchable[session.stream_id] = broadcast
        self._latest[channel.arn] = session.stream_id
        return broadcast

    def tick(self) -> None:
        for broadcast in self.publishing:
            broadcast.tick()

    def recover(self) -> None:
        """End what an earlier server left unfinished; uploads go on in the background."""
        for session in list(self._room.sessions.unfinished()):
            now = self._room.clock()
            happened = []
            if session.disconnected_at is None:
                session.disconnected_at = now
                happened.append((STATE_CHANGE, {"event_name": "Session Ended"}))
            if session.live:
                session.ended_at = now
                happened.append((STATE_CHANGE, {"event_name": "Stream End"}))
            _LOG.info("%s was cut off; ending it", session.stream_id)
            self._room.sessions.record(session, *happened)
            self._start(self._wind_up(session))

    async def stop(self) -> None:
        """Once no encoder is connected any more: let go of what still runs."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _wind_up(self, session: Session) -> None:
        await self._room.archive.encoders_gone(session)
        await self._room.archive.end(session)

    def _new_session(self, channel: Channel) -> Session:
        session = Session(
            stream_id=self._room.ids.stream_id(),
            channel_arn=channel.arn,
            channel_name=channel.name,
            created_at=self._room.clock(),
            channel=self._addresses.channel(channel),
        )
        self._room.sessions.begin(session)
        return session

    def _tell_failure(self, session: Session) -> None:
        session.disconnected_at = session.created_at
        reason = "Transcode capacity exceeded. Please try again."
        self._room.sessions.record(
            session,
            (STATE_CHANGE, {"event_name": "Session Created"}),
            (STATE_CHANGE, {"event_name": "Stream Failure", "reason": reason}),
            (STATE_CHANGE, {"event_name": "Session Ended"}),
        )

    def _left(self, channel_arn: str, session: Session) -> None:
        del self._by_channel[channel_arn]
        self._start(self._forget_later(channel_arn, session))

    async def _forget_later(self, channel_arn: str, session: Session) -> None:
        await asyncio.sleep(self._room.config.linger_seconds)
        del self._watchable[session.stream_id]
        if self._latest.get(channel_arn) == session.stream_id:
            del self._latest[channel_arn]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
