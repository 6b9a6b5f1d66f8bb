"""What goes over the WebSocket, as the Chat Messaging API Reference lays it out.

A payload is JSON text; `text_frame` makes it the bytes of one unmasked WebSocket frame (RFC 6455,
section 5.2), which are the same for every connection: no extension is ever agreed on.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Mapping

__all__ = [
    "delete_attributes",
    "disconnect_attributes",
    "error_payload",
    "event_payload",
    "log_line",
    "message_payload",
    "text_frame",
]

_FIN_TEXT = 0x81
_LOG_VERSION = "1.0"


def message_payload(
    *,
    message_id: str,
    request_id: str,
    content: str,
    attributes: Mapping[str, str],
    user_id: str,
    user_attributes: Mapping[str, str],
    sent_ns: int,
) -> str:
    """A MESSAGE. `sent_ns` is when the service took it, in nanoseconds since 1970."""
    return _json(
        {
            "Type": "MESSAGE",
            "Id": message_id,
            "RequestId": request_id,
            "Attributes": dict(attributes),
            "Content": content,
            "SendTime": _time(sent_ns, 9),
            "Sender": {"UserId": user_id, "Attributes": dict(user_attributes)},
        }
    )


def event_payload(
    *, event_id: str, request_id: str, name: str, attributes: Mapping[str, str], sent_ns: int
) -> str:
    """An EVENT."""
    return _json(
        {
            "Type": "EVENT",
            "Id": event_id,
            "RequestId": request_id,
            "EventName": name,
            "Attributes": dict(attributes),
            "SendTime": _time(sent_ns, 9),
        }
    )


def error_payload(*, error_id: str, request_id: str, code: int, message: str) -> str:
    """An ERROR."""
    return _json(
        {
            "Type": "ERROR",
            "Id": error_id,
            "RequestId": request_id,
            "ErrorCode": code,
            "ErrorMessage": message,
        }
    )


def delete_attributes(message_id: str, reason: str) -> dict[str, str]:
    """Of `aws:DELETE_MESSAGE`; Amazon's clients read the older spelling of the two."""
    told = {"MessageID": message_id, "MessageId": message_id}
    return {**told, "Reason": reason} if reason else told


def disconnect_attributes(user_id: str, reason: str) -> dict[str, str]:
    """Of `aws:DISCONNECT_USER`."""
    told = {"UserId": user_id}
    return {**told, "Reason": reason} if reason else told


def log_line(kind: str, payload: str, sent_ns: int) -> str:
    """One line of the message log: `payload` in its envelope, without the line's end."""
    return (
        f'{{"event_timestamp":"{_time(sent_ns, 3)}","type":"{kind}",'
        f'"payload":{payload},"version":"{_LOG_VERSION}"}}'
    )


def text_frame(payload: str) -> bytes:
    """One whole text message in one frame from the server."""
    data = payload.encode()
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", _FIN_TEXT, size)
    elif size < 65_536:
        head = struct.pack("!BBH", _FIN_TEXT, 126, size)
    else:
        head = struct.pack("!BBQ", _FIN_TEXT, 127, size)
    return head + data


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _time(ns: int, digits: int) -> str:
    seconds, rest = divmod(ns, 1_000_000_000)
    whole = dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{f'{rest:09d}'[:digits]}Z"
