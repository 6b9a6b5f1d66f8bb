"""One client's WebSocket: handshake with its token, frames in, frames out, and its end.

uvicorn hands over a connection whose HTTP request asks for an upgrade. wsproto parses what comes
in; what goes out was encoded for the whole room. What waits to be sent is bounded here and, by the
size of the socket's buffer, in the kernel; whoever lets it run over is cut off.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Protocol

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from infra.local.ivschat.config import Config
from infra.local.ivschat.errors import ActionRefused, Code, HandshakeRefused
from infra.local.ivschat.live_rooms import Member
from infra.local.ivschat.rates import SlidingSecond
from infra.local.ivschat.tokens import Grant

__all__ = ["ChatConnection", "Host"]

_FLOOD = 10


class Host(Protocol):
    """What the connection is part of."""

    @property
    def config(self) -> Config: ...

    def admit(self, token: str) -> Grant:
        """Raises `HandshakeRefused`."""

    def joined(self, connection: ChatConnection) -> None: ...

    def left(self, connection: ChatConnection) -> None:
        """It gets nothing more, though its goodbye may be under way."""

    def gone(self, connection: ChatConnection) -> None:
        """Its socket is closed."""

    def receive(self, member: Member, text: str, *, within_rate: bool) -> None: ...

    def refuse(self, member: Member, refused: ActionRefused) -> None: ...


class ChatConnection(asyncio.Protocol):
    """A `Member` once its token was taken. The keywords are those that uvicorn makes one with."""

    grant: Grant

    def __init__(self, host: Host, *, config: Any, server_state: Any, app_state: Any) -> None:
        self._host = host
        self._limits = host.config
        self._server_state = server_state
        self._loop = asyncio.get_running_loop()
        self._ws = WSConnection(ConnectionType.SERVER)
        self._requests = SlidingSecond(self._loop.time)
        self._frames = SlidingSecond(self._loop.time)
        self._text: list[str] = []
        self._text_bytes = 0
        self._member = False
        self._ending_since: float | None = None
        self._heard = self._loop.time()
        self._pinged = False
        self.ip = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("not a stream")
        self._transport = transport
        self._server_state.connections.add(self)
        peer = transport.get_extra_info("peername")
        self.ip = peer[0] if peer else ""
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, self._limits.send_buffer_bytes
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._server_state.connections.discard(self)
        self._leave()
        self._host.gone(self)

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._pinged = False
        try:
            self._ws.receive_data(data)
        except RemoteProtocolError as malformed:
            self._reject(getattr(malformed.event_hint, "status_code", 400), str(malformed))
            return
        except LocalProtocolError:
            # Bytes after the closing handshake mean nothing.
            return
        except UnicodeDecodeError:
            # wsproto takes the handshake's headers for ASCII.
            self._reject(400, "The handshake is not ASCII.")
            return
        for event in self._ws.events():
            self._handle(event)
        if self._ws.state is ConnectionState.CONNECTING and self._ending_since is None:
            # uvicorn hands over the whole head at once, so more of it will never come.
            self._reject(400, "This is no WebSocket handshake.")

    def eof_received(self) -> None:
        """Half a connection is none: the transport closes itself."""

    def push(self, frame: bytes) -> None:
        """See `Member`; a consumer that cannot keep up is cut off."""
        if self._ending_since is not None:
            return
        if self._transport.get_write_buffer_size() > self._limits.max_queued_bytes:
            self._abort()
            return
        self._transport.write(frame)

    def end(self, reason: str, code: int = CloseReason.NORMAL_CLOSURE) -> None:
        """See `Member`."""
        if self._ending_since is not None:
            return
        self._ending_since = self._loop.time()
        self._leave()
        self._transport.write(self._ws.send(CloseConnection(code, reason)))

    def shutdown(self) -> None:
        """uvicorn's own call when the server stops."""
        if self._member:
            self.end("The server is stopping", CloseReason.GOING_AWAY)
        self._transport.close()

    def tick(self, now_ns: int) -> None:
        """End what is over: sessions, closing handshakes, peers that are gone."""
        now, limits = self._loop.time(), self._limits
        if self._ending_since is not None:
            if now - self._ending_since > limits.close_within_s:
                self._transport.abort()
        elif now_ns >= self.grant.session_expires_ns:
            self._host.refuse(self, ActionRefused(Code.UNAUTHORIZED, "The session has expired."))
            self.end("The session has expired")
        elif now - self._heard > limits.ping_every_s + limits.pong_within_s:
            self._abort()
        elif not self._pinged and now - self._heard > limits.ping_every_s:
            self._pinged = True
            self._transport.write(self._ws.send(Ping()))

    def _handle(self, event: Event) -> None:
        if isinstance(event, Request):
            self._open(event)
        elif isinstance(event, CloseConnection):
            self._close(event)
        elif self._ending_since is not None:
            return
        elif not self._frames.take(self._limits.requests_per_second * _FLOOD):
            self.end("Too many requests", CloseReason.POLICY_VIOLATION)
        elif isinstance(event, TextMessage):
            self._take_text(event)
        elif isinstance(event, BytesMessage):
            self.end("Only text is understood", CloseReason.UNSUPPORTED_DATA)
        elif isinstance(event, Ping):
            self.push(self._ws.send(Pong(event.payload)))

    def _open(self, request: Request) -> None:
        try:
            if request.target.partition("?")[0] != "/":
                raise HandshakeRefused(404, "There is nothing here.")
            if len(request.subprotocols) != 1:
                raise HandshakeRefused(401, "The token has to be the only subprotocol.")
            token = request.subprotocols[0]
            self.grant = self._host.admit(token)
        except HandshakeRefused as refused:
            self._reject(refused.status, refused.message)
            return
        self._transport.write(self._ws.send(AcceptConnection(subprotocol=token)))
        self._member = True
        self._host.joined(self)

    def _reject(self, status: int, message: str) -> None:
        body = message.encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        self._ending_since = self._loop.time()
        if self._ws.state is ConnectionState.CONNECTING:
            rejection = RejectConnection(status_code=status, headers=headers, has_body=True)
            self._transport.write(self._ws.send(rejection) + self._ws.send(RejectData(body)))
        self._transport.close()

    def _take_text(self, event: TextMessage) -> None:
        self._text_bytes += len(event.data.encode())
        if self._text_bytes > self._limits.max_frame_bytes:
            self._text.clear()
            self.end("The message is too large", CloseReason.MESSAGE_TOO_BIG)
            return
        self._text.append(event.data)
        if event.message_finished:
            text, self._text_bytes = "".join(self._text), 0
            self._text.clear()
            within = self._requests.take(self._limits.requests_per_second)
            self._host.receive(self, text, within_rate=within)

    def _close(self, event: CloseConnection) -> None:
        """The peer's goodbye, its answer to ours, or frames that break the protocol."""
        self._leave()
        if self._ws.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
            self._transport.write(self._ws.send(event.response()))
        self._ending_since = self._loop.time()
        self._transport.close()

    def _abort(self) -> None:
        self._ending_since = self._loop.time()
        self._leave()
        self._transport.abort()

    def _leave(self) -> None:
        if self._member:
            self._member = False
            self._host.left(self)
