"""Chunks into messages (Adobe's RTMP 1.0, section 5.3).

Bytes go in as they come; whole messages come out. The two protocol messages that change how
chunks are read (set chunk size, abort) are acted on here. Everything held is bounded: header
state of so many chunk streams, and unfinished messages of so many bytes together.

Extended timestamps. A header whose 24 bits are all ones has four more bytes; chunks of type 3
repeat them while they continue such a message. Some encoders leave them out there, so they are
looked at: what differs from the header's own value is already payload.

Type 3 at the start of a message repeats the last step. After a type 0 header the step is that
header's timestamp (5.3.1.2.4; ffmpeg writes it so). Where that one was extended, the field is a
timestamp again: a step of hours would make no sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.local.ivs.rtmp.errors import ProtocolViolation
from infra.local.ivs.rtmp.messages import Message, MessageType

__all__ = ["DEFAULT_CHUNK_BYTES", "ChunkReader"]

DEFAULT_CHUNK_BYTES: Final = 128
_EXTENDED: Final = 0xFFFFFF
_HEADER_BYTES: Final = (11, 7, 3, 0)
_MASK: Final = 0xFFFFFFFF
_INCOMPLETE: Final = -1


class _ChunkStream:
    """The header that following chunks leave parts of out, and the message under way."""

    __slots__ = (
        "absolute",
        "extended",
        "length",
        "payload",
        "step",
        "stream_id",
        "timestamp",
        "type_id",
        "unfinished",
    )

    def __init__(self) -> None:
        self.timestamp = self.step = self.length = self.type_id = self.stream_id = 0
        self.extended = b""
        self.absolute = False
        self.unfinished = False
        self.payload = bytearray()


class ChunkReader:
    """One direction of one connection. `message_bytes` may be changed between messages."""

    def __init__(self, *, message_bytes: int, chunk_streams: int) -> None:
        self.message_bytes = message_bytes
        self._chunk_streams = chunk_streams
        self._chunk_bytes = DEFAULT_CHUNK_BYTES
        self._streams: dict[int, _ChunkStream] = {}
        self._current: _ChunkStream | None = None
        self._left_bytes = 0
        self._held_bytes = 0
        self._rest = b""
        self._repeats_extended = True

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that end in `data`. Take them all, or none any more.

        Raises `ProtocolViolation` where the bytes cannot be chunks, or exceed a bound.
        """
        if self._rest:
            data = self._rest + data
            self._rest = b""
        view, at, end = memoryview(data), 0, len(data)
        while at < end:
            if self._current is None:
                after = self._read_header(data, at, end)
                if after == _INCOMPLETE:
                    self._rest = data[at:]
                    return
                at = after
            stream = self._current
            if stream is None:
                raise AssertionError("a header names its chunk stream")
            taken = min(self._left_bytes, end - at)
            if taken == stream.length:
                payload = data[at : at + taken]
            else:
                stream.payload += view[at : at + taken]
                self._hold(taken)
                payload = b""
            at += taken
            self._left_bytes -= taken
            if taken == stream.length or len(stream.payload) == stream.length:
                self._current = None
                yield from self._finish(stream, payload)
            elif self._left_bytes == 0:
                self._current = None

    def _finish(self, stream: _ChunkStream, payload: bytes) -> Iterator[Message]:
        if stream.payload:
            payload = bytes(stream.payload)
            self._hold(-len(payload))
            stream.payload = bytearray()
        stream.unfinished = False
        message = Message(stream.type_id, stream.stream_id, stream.timestamp, payload)
        if message.type_id == MessageType.SET_CHUNK_SIZE:
            self._set_chunk_size(message.payload)
        elif message.type_id == MessageType.ABORT:
            self._abort(message.payload)
        else:
            yield message

    def _read_header(self, data: bytes, at: int, end: int) -> int:
        """Where the chunk's payload begins; nothing is changed while the header is incomplete."""
        form, number = data[at] >> 6, data[at] & 63
        at += 1
        if number < 2:
            size = number + 1
            if at + size > end:
                return _INCOMPLETE
            number = 64 + int.from_bytes(data[at : at + size], "little")
            at += size
        size = _HEADER_BYTES[form]
        if at + size > end:
            return _INCOMPLETE
        stream = self._streams.get(number)
        if stream is None:
            # Some versions of librtmp begin with type 1; the timestamp is then a step from 0.
            if form > 1:
                raise ProtocolViolation("a chunk stream that begins without a header")
            if len(self._streams) >= self._chunk_streams:
                raise ProtocolViolation(f"more than {self._chunk_streams} chunk streams")
            stream = _ChunkStream()
        if form == 3:
            after = self._repeat_header(stream, data, at, end)
        else:
            after = self._new_header(stream, form, data, at, end)
        if after != _INCOMPLETE:
            self._streams[number] = self._current = stream
            self._left_bytes = min(self._chunk_bytes, stream.length - len(stream.payload))
        return after

    def _new_header(self, stream: _ChunkStream, form: int, data: bytes, at: int, end: int) -> int:
        if stream.unfinished:
            raise ProtocolViolation("a new message header before the last message ended")
        value = int.from_bytes(data[at : at + 3])
        after = at + _HEADER_BYTES[form]
        extended = b""
        if value == _EXTENDED:
            extended = data[after : after + 4]
            after += 4
            if after > end:
                return _INCOMPLETE
            value = int.from_bytes(extended)
        if form < 2:
            length = int.from_bytes(data[at + 3 : at + 6])
            self._check_length(length)
            stream.length, stream.type_id = length, data[at + 6]
        else:
            self._check_length(stream.length)
        if form == 0:
            stream.stream_id = int.from_bytes(data[at + 7 : at + 11], "little")
        stream.absolute = form == 0
        stream.timestamp = value if form == 0 else (stream.timestamp + value) & _MASK
        stream.step = value
        stream.extended = extended
        stream.unfinished = True
        return after

    def _repeat_header(self, stream: _ChunkStream, data: bytes, at: int, end: int) -> int:
        value = stream.step
        if stream.extended:
            found = data[at : at + 4]
            if stream.unfinished and not stream.extended.startswith(found):
                self._repeats_extended = False
            elif stream.unfinished or self._repeats_extended:
                if at + 4 > end:
                    return _INCOMPLETE
                value = int.from_bytes(found)
                at += 4
        if not stream.unfinished:
            self._check_length(stream.length)
            if not (stream.extended and stream.absolute):
                value = (stream.timestamp + value) & _MASK
            stream.timestamp = value
            stream.unfinished = True
        return at

    def _check_length(self, length: int) -> None:
        if length > self.message_bytes:
            raise ProtocolViolation(f"a message of {length} bytes; {self.message_bytes} at most")

    def _hold(self, more_bytes: int) -> None:
        self._held_bytes += more_bytes
        if self._held_bytes > 2 * self.message_bytes:
            raise ProtocolViolation("too much of unfinished messages")

    def _set_chunk_size(self, payload: bytes) -> None:
        size = int.from_bytes(payload[:4]) & 0x7FFFFFFF
        if len(payload) < 4 or size == 0:
            raise ProtocolViolation("a chunk size of nothing")
        self._chunk_bytes = size

    def _abort(self, payload: bytes) -> None:
        stream = self._streams.get(int.from_bytes(payload[:4]))
        if stream is not None and stream.unfinished:
            self._hold(-len(stream.payload))
            stream.payload = bytearray()
            stream.unfinished = False
