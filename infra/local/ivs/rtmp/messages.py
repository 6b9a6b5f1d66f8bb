"""RTMP messages (Adobe's RTMP 1.0, sections 5.4, 6 and 7): what chunks carry."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from infra.local.ivs.rtmp.errors import ProtocolViolation

__all__ = [
    "Message",
    "MessageType",
    "acknowledgement",
    "peer_bandwidth",
    "ping_response",
    "set_chunk_size",
    "split_aggregate",
    "stream_begin",
    "window_acknowledgement_size",
]


class MessageType(IntEnum):
    """The type ids that this server knows; others are ignored."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACKNOWLEDGEMENT_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA_AMF3 = 15
    SHARED_OBJECT_AMF3 = 16
    COMMAND_AMF3 = 17
    DATA_AMF0 = 18
    SHARED_OBJECT_AMF0 = 19
    COMMAND_AMF0 = 20
    AGGREGATE = 22


class Message(NamedTuple):
    """`type_id` is a plain number: the other side may send any. `timestamp_ms` has 32 bits."""

    type_id: int
    stream_id: int
    timestamp_ms: int
    payload: bytes


_DYNAMIC_LIMIT = 2
_EVENT_STREAM_BEGIN = 0
_EVENT_PING_RESPONSE = 7
_TAG_HEADER_BYTES = 11
_BACK_POINTER_BYTES = 4


def set_chunk_size(size_bytes: int) -> Message:
    return _control(MessageType.SET_CHUNK_SIZE, size_bytes.to_bytes(4))


def acknowledgement(received_bytes: int) -> Message:
    """`received_bytes` since the connection began; the field wraps at 32 bits."""
    return _control(MessageType.ACKNOWLEDGEMENT, (received_bytes & 0xFFFFFFFF).to_bytes(4))


def window_acknowledgement_size(size_bytes: int) -> Message:
    return _control(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, size_bytes.to_bytes(4))


def peer_bandwidth(size_bytes: int) -> Message:
    payload = size_bytes.to_bytes(4) + bytes([_DYNAMIC_LIMIT])
    return _control(MessageType.SET_PEER_BANDWIDTH, payload)


def stream_begin(stream_id: int) -> Message:
    payload = _EVENT_STREAM_BEGIN.to_bytes(2) + stream_id.to_bytes(4)
    return _control(MessageType.USER_CONTROL, payload)


def ping_response(timestamp: bytes) -> Message:
    return _control(MessageType.USER_CONTROL, _EVENT_PING_RESPONSE.to_bytes(2) + timestamp)


def split_aggregate(message: Message) -> Iterator[Message]:
    """The messages inside an aggregate, on its own time: they are framed as FLV tags (7.1.6).

    Raises `ProtocolViolation` where they do not fill it exactly.
    """
    data, at, first_ms = message.payload, 0, None
    while at < len(data):
        body = at + _TAG_HEADER_BYTES
        size = int.from_bytes(data[at + 1 : at + 4])
        after = body + size + _BACK_POINTER_BYTES
        if after > len(data):
            raise ProtocolViolation("an aggregate message that ends in the middle of a part")
        inner_ms = data[at + 7] << 24 | int.from_bytes(data[at + 4 : at + 7])
        first_ms = inner_ms if first_ms is None else first_ms
        time_ms = (message.timestamp_ms + inner_ms - first_ms) & 0xFFFFFFFF
        yield Message(data[at], message.stream_id, time_ms, data[body : body + size])
        at = after


def _control(kind: MessageType, payload: bytes) -> Message:
    return Message(kind, 0, 0, payload)
