"""Listens for encoders and runs a session for each, as many as the limits allow."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import time
from collections.abc import Callable
from typing import Final

from infra.local.ivs.rtmp.connection import Connection
from infra.local.ivs.rtmp.encoder_socket import READ_BYTES, EncoderSocket
from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.publisher import Accept, Ended, EndReason

__all__ = ["RtmpServer"]

_LOG = logging.getLogger(__name__)
_BACKLOG: Final = 32


class RtmpServer:
    """RTMP, or RTMPS where `tls` is given, on one port; 0 takes a free one."""

    def __init__(
        self,
        accept: Accept,
        *,
        host: str = "127.0.0.1",
        port: int = 1935,
        tls: ssl.SSLContext | None = None,
        limits: IngestLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._accept = accept
        self._host = host
        self._asked_port = port
        self._tls = tls
        self._limits = limits or IngestLimits()
        self._clock = clock
        self._random_bytes = random_bytes
        self._sessions: dict[asyncio.Task[None], Connection] = {}
        self._server: asyncio.Server | None = None
        self._stopping = False

    @property
    def port(self) -> int:
        """The port that is listened on; known once started."""
        if self._server is None:
            raise RuntimeError("the server is not started")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Listens. Raises `OSError` where the port is taken."""
        self._stopping = False
        self._server = await asyncio.start_server(
            self._connected,
            self._host,
            self._asked_port,
            backlog=_BACKLOG,
            limit=READ_BYTES,
            ssl=self._tls,
            ssl_handshake_timeout=self._limits.handshake_s if self._tls else None,
            ssl_shutdown_timeout=self._limits.close_s if self._tls else None,
        )

    async def stop(self) -> None:
        """Takes no more connections and ends all sessions; returns when the last one ended."""
        if self._server is None:
            return
        self._stopping = True
        self._server.close()
        for connection in self._sessions.values():
            connection.stop(Ended(EndReason.SERVER_STOPPED))
        if self._sessions:
            await asyncio.wait(self._sessions)
        await self._server.wait_closed()
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socket = EncoderSocket(reader, writer)
        if len(self._sessions) >= self._limits.connections or self._stopping:
            _LOG.warning("%s: refused: too many connections", socket.peer)
            writer.transport.abort()
            return
        connection = Connection(socket, self._accept, self._limits, self._clock, self._random_bytes)
        session = asyncio.create_task(connection.serve(), name=f"rtmp session {socket.peer}")
        self._sessions[session] = connection
        session.add_done_callback(self._forget)

    def _forget(self, session: asyncio.Task[None]) -> None:
        del self._sessions[session]
