"""Messages into chunks (Adobe's RTMP 1.0, section 5.3).

The server has little to say, so every message has a whole header; nothing is left out.
"""

from __future__ import annotations

from typing import Final

from infra.local.ivs.rtmp.chunk_reader import DEFAULT_CHUNK_BYTES
from infra.local.ivs.rtmp.messages import Message, MessageType

__all__ = ["COMMAND_STREAM", "CONTROL_STREAM", "ChunkWriter"]

CONTROL_STREAM: Final = 2
COMMAND_STREAM: Final = 3
_EXTENDED: Final = 0xFFFFFF


class ChunkWriter:
    """One direction of one connection."""

    def __init__(self) -> None:
        self._chunk_bytes = DEFAULT_CHUNK_BYTES

    def write(self, message: Message) -> bytes:
        """The message's chunks. A set-chunk-size message holds from the next one on."""
        command = message.type_id == MessageType.COMMAND_AMF0
        number = COMMAND_STREAM if command else CONTROL_STREAM
        time_ms, payload = message.timestamp_ms, message.payload
        extended = time_ms.to_bytes(4) if time_ms >= _EXTENDED else b""
        parts = [
            bytes([number]),
            min(time_ms, _EXTENDED).to_bytes(3),
            len(payload).to_bytes(3),
            bytes([message.type_id]),
            message.stream_id.to_bytes(4, "little"),
            extended,
            payload[: self._chunk_bytes],
        ]
        for at in range(self._chunk_bytes, len(payload), self._chunk_bytes):
            parts += [bytes([0xC0 | number]), extended, payload[at : at + self._chunk_bytes]]
        if message.type_id == MessageType.SET_CHUNK_SIZE:
            self._chunk_bytes = int.from_bytes(payload)
        return b"".join(parts)
