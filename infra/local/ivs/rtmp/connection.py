"""One encoder's connection: bytes in, the publication's calls out, and its end.

Two tasks. The pump reads, talks and writes into the publication, one thing after another, so
that a slow publication holds the encoder back. The other waits for the pump, and for reasons to
stop it: a deadline that passed, `disconnect`, the server's end. Whatever ends the pump, `ended`
is called once if a publication began, the encoder is told why, and the socket is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from infra.local.ivs.rtmp.chunk_reader import ChunkReader
from infra.local.ivs.rtmp.commands import parse_command
from infra.local.ivs.rtmp.dialogue import Dialogue, farewell, refusal
from infra.local.ivs.rtmp.encoder_socket import EncoderSocket
from infra.local.ivs.rtmp.errors import IngestRefused, ProtocolViolation, UnsupportedMedia
from infra.local.ivs.rtmp.facts import IngestFacts
from infra.local.ivs.rtmp.handshake import shake_hands
from infra.local.ivs.rtmp.intake import Intake
from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.messages import Message, MessageType, split_aggregate
from infra.local.ivs.rtmp.metadata import read_metadata
from infra.local.ivs.rtmp.publisher import (
    Accept,
    Ended,
    EndReason,
    Publication,
    PublishRefused,
    PublishRequest,
    RefusalCode,
)
from infra.local.ivs.rtmp.watch import Watch

__all__ = ["Connection"]

_LOG = logging.getLogger(__name__)


class _End(Exception):
    """Leaves the pump."""

    def __init__(self, reason: EndReason, detail: str = "") -> None:
        super().__init__(detail)
        self.ended = Ended(reason, detail)


class Connection:
    """Implements `PublisherConnection`."""

    def __init__(
        self,
        socket: EncoderSocket,
        accept: Accept,
        limits: IngestLimits,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._socket = socket
        self._accept = accept
        self._limits = limits
        self._random_bytes = random_bytes
        self._name = socket.peer
        self._chunks = ChunkReader(
            message_bytes=limits.command_bytes, chunk_streams=limits.chunk_streams
        )
        self._dialogue = Dialogue()
        self._intake = Intake(limits, clock, self._name)
        self._clock = clock
        self._watch = Watch(limits, clock)
        self._publication: Publication | None = None
        self._stop: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    def disconnect(self, reason: str) -> None:
        self.stop(Ended(EndReason.DISCONNECTED, reason))

    def facts(self) -> IngestFacts:
        return self._intake.facts()

    def stop(self, ended: Ended) -> None:
        """Ends the session; the first reason counts."""
        if not self._stop.done():
            self._stop.set_result(ended)

    async def serve(self) -> None:
        """Returns when all is over. Raises nothing; a fault of the session's own is logged."""
        pump = asyncio.create_task(self._pump(), name=f"rtmp {self._name}")
        ended = Ended(EndReason.SERVER_STOPPED)
        try:
            ended = await self._until_end(pump)
        except Exception as fault:
            _LOG.exception("%s: the session failed", self._name)
            ended = Ended(EndReason.FAILED, type(fault).__name__)
        finally:
            await self._finish(ended)

    async def _until_end(self, pump: asyncio.Task[Ended]) -> Ended:
        try:
            while not pump.done() and not self._stop.done():
                await asyncio.wait(
                    {pump, self._stop},
                    timeout=self._watch.pause_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                overdue = self._watch.overdue(self._intake.latest_ms)
                if overdue is not None and not pump.done():
                    self.stop(overdue)
            if not pump.done() and not self._watch.waiting:
                # What the channel is at is let finish: it may be starting a process.
                await asyncio.wait({pump}, timeout=self._limits.close_s)
        finally:
            pump.cancel()
            await asyncio.wait({pump})
        return self._stop.result() if self._stop.done() else pump.result()

    async def _finish(self, ended: Ended) -> None:
        published = self._publication is not None
        _LOG.log(
            self._how_loud(ended),
            "%s: %s ended: %s %s",
            *(self._name, "publication" if published else "connection"),
            *(ended.reason.value, ended.detail),
        )
        with contextlib.suppress(ProtocolViolation):
            self._send(farewell(ended.reason, ended.detail) if published else ())
        # The encoder is not kept waiting while the channel winds up.
        linger = ended.reason not in (EndReason.PROTOCOL_ERROR, EndReason.IDLE)
        closing = asyncio.create_task(self._socket.close(self._limits.close_s if linger else 0))
        try:
            if self._publication is not None:
                await self._publication.ended(ended)
        except Exception:
            _LOG.exception("%s: the publication failed at its end", self._name)
        finally:
            await closing

    def _how_loud(self, ended: Ended) -> int:
        if self._publication is not None or ended.reason is EndReason.SERVER_STOPPED:
            return logging.INFO
        # Whoever only looks whether the port is open is no news.
        silent = ended.reason is EndReason.CLOSED and not self._dialogue.app
        return logging.DEBUG if silent else logging.WARNING

    async def _pump(self) -> Ended:
        """Serves until there is a reason to end, which is returned."""
        try:
            await self._serve_messages()
        except _End as end:
            return end.ended
        except UnsupportedMedia as refused:
            return Ended(EndReason.UNSUPPORTED_MEDIA, str(refused))
        except IngestRefused as refused:
            return Ended(EndReason.PROTOCOL_ERROR, str(refused))
        except (EOFError, OSError) as gone:
            return Ended(EndReason.CLOSED, str(gone))
        return Ended(EndReason.CLOSED)

    async def _serve_messages(self) -> None:
        await shake_hands(self._socket.reader, self._socket.send_bytes, self._random_bytes)
        self._watch.shook_hands()
        while data := await self._read():
            for message in self._chunks.feed(data):
                await self._take(message)
            self._socket.acknowledge()

    async def _read(self) -> bytes:
        self._check_stop()
        self._watch.waits()
        data = await self._socket.read()
        self._watch.works()
        return data

    def _check_stop(self) -> None:
        if self._stop.done():
            raise _End(EndReason.CLOSED, "stopped")

    async def _take(self, message: Message) -> None:
        self._check_stop()
        match message.type_id:
            case MessageType.AUDIO | MessageType.VIDEO:
                await self._take_media(message)
            case MessageType.AGGREGATE:
                for part in split_aggregate(message):
                    if part.type_id in (MessageType.AUDIO, MessageType.VIDEO):
                        await self._take_media(part)
            case MessageType.DATA_AMF0:
                values = read_metadata(message.payload)
                if values is not None and self._publication is not None:
                    await self._pass_on(self._publication.metadata(values))
            case MessageType.COMMAND_AMF0 | MessageType.COMMAND_AMF3:
                await self._take_command(message)
            case MessageType.DATA_AMF3 | MessageType.SHARED_OBJECT_AMF3:
                raise ProtocolViolation("AMF3; this server speaks AMF0")
            case _:
                self._socket.take_control(message)

    async def _take_media(self, message: Message) -> None:
        if self._publication is None:
            raise ProtocolViolation("media before publish")
        tag = self._intake.take(message)
        if tag is not None:
            await self._pass_on(self._publication.write(tag))
            self._watch.took_media()

    async def _take_command(self, message: Message) -> None:
        answer = self._dialogue.take(parse_command(message))
        self._send(answer.replies)
        if answer.refused is not None:
            raise _End(EndReason.CLOSED, answer.refused)
        if answer.ended:
            raise _End(EndReason.UNPUBLISHED)
        if answer.publish is not None:
            await self._publish(answer.publish)

    async def _publish(self, key: str) -> None:
        request = PublishRequest(
            app=self._dialogue.app,
            stream_key=key,
            client_address=self._name,
            encoder=self._dialogue.encoder,
            secure=self._socket.secure,
            connection=self,
        )
        try:
            self._publication = await self._accept(request)
        except PublishRefused as refused:
            self._socket.send(refusal(refused.code, refused.description))
            raise _End(EndReason.CLOSED, str(refused)) from refused
        except Exception as failed:
            _LOG.exception("%s: whether it may publish could not be decided", self._name)
            self._socket.send(refusal(RefusalCode.UNAVAILABLE, "Try again later."))
            raise _End(EndReason.FAILED, type(failed).__name__) from failed
        self._chunks.message_bytes = self._limits.message_bytes
        self._intake = Intake(self._limits, self._clock, self._name)
        self._watch.published()
        self._send(self._dialogue.started())
        _LOG.info("%s: publishing to %r", self._name, request.app)

    async def _pass_on(self, call: Awaitable[None]) -> None:
        """To the publication; its errors end the session, and are not mistaken for the socket's."""
        try:
            await call
        except Exception as failed:
            _LOG.exception("%s: the publication failed", self._name)
            raise _End(EndReason.FAILED, type(failed).__name__) from failed

    def _send(self, replies: tuple[Message, ...]) -> None:
        for reply in replies:
            self._socket.send(reply)
