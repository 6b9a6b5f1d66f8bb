"""The socket of an encoder: chunks out, bytes in, acknowledgements, and a close that is heard."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

from infra.local.ivs.rtmp.chunk_writer import ChunkWriter
from infra.local.ivs.rtmp.dialogue import WINDOW_BYTES
from infra.local.ivs.rtmp.errors import ProtocolViolation
from infra.local.ivs.rtmp.messages import Message, MessageType, acknowledgement, ping_response

__all__ = ["READ_BYTES", "EncoderSocket"]

READ_BYTES: Final = 128 * 1024
_MAX_UNSENT_BYTES: Final = 64 * 1024
_SMALLEST_WINDOW_BYTES: Final = 16 * 1024
_PING_REQUEST: Final = (6).to_bytes(2)
_KEEPALIVE: Final = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 3}


class EncoderSocket:
    """Wraps the streams of asyncio."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer
        self._chunks = ChunkWriter()
        self._received = self._acknowledged = 0
        self._window = WINDOW_BYTES
        self.secure = writer.get_extra_info("ssl_object") is not None
        host, port, *_ = writer.get_extra_info("peername") or ("unknown", 0)
        self.peer = f"{host}:{port}"
        _keep_alive(writer.get_extra_info("socket"))

    async def read(self) -> bytes:
        """What came; nothing at the end of file."""
        data = await self.reader.read(READ_BYTES)
        self._received += len(data)
        return data

    def send(self, message: Message) -> None:
        self.send_bytes(self._chunks.write(message))

    def send_bytes(self, data: bytes) -> None:
        """Raises `ProtocolViolation` where the other side does not read what it is sent."""
        if self._writer.transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            raise ProtocolViolation("the encoder does not read")
        self._writer.write(data)

    def acknowledge(self) -> None:
        """Tells the encoder what was received, once a window."""
        if self._received - self._acknowledged >= self._window:
            self._acknowledged = self._received
            self.send(acknowledgement(self._received))

    def take_control(self, message: Message) -> None:
        """The encoder's window, and its pings; everything else of this kind needs no answer."""
        payload = message.payload
        if message.type_id == MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE and len(payload) >= 4:
            self._window = max(int.from_bytes(payload[:4]), _SMALLEST_WINDOW_BYTES)
        elif message.type_id == MessageType.USER_CONTROL and payload[:2] == _PING_REQUEST:
            self.send(ping_response(payload[2:6].ljust(4, b"\0")))

    async def close(self, linger_s: float) -> None:
        """Sends what is left and waits up to `linger_s` for the other side to close.

        A socket closed with unread bytes is reset by the kernel, and a reset discards last words
        that the encoder has not read yet; so what still comes is read and thrown away.
        """
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(linger_s):
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                while await self.reader.read(READ_BYTES):
                    continue
        self._writer.close()
        try:
            async with asyncio.timeout(linger_s):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _keep_alive(raw: socket.socket) -> None:
    """As far as the system can: the session's own deadline holds everywhere."""
    with contextlib.suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if hasattr(socket, name):
                raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
