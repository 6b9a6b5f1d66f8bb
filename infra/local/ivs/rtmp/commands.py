"""NetConnection and NetStream commands (Adobe's RTMP 1.0, section 7.2), and answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.amf0 import AmfValue, decode, encode
from infra.local.ivs.rtmp.errors import ProtocolViolation
from infra.local.ivs.rtmp.messages import Message, MessageType

__all__ = ["PUBLISH_STREAM", "Command", "call", "failure", "parse_command", "result", "status"]

PUBLISH_STREAM: Final = 1
"""The id of the only message stream that a connection is given."""


@dataclass(frozen=True, slots=True)
class Command:
    """`arguments` follow the command object, which is `properties` (empty where it is null)."""

    name: str
    transaction: float
    properties: dict[str, AmfValue]
    arguments: tuple[AmfValue, ...]

    def text(self, position: int) -> str:
        """The argument if it is a string, else nothing."""
        value = self.arguments[position] if position < len(self.arguments) else None
        return value if isinstance(value, str) else ""


def parse_command(message: Message) -> Command:
    """Raises `ProtocolViolation` for AMF3 and for what is no command."""
    if message.type_id != MessageType.COMMAND_AMF0:
        raise ProtocolViolation("a command in AMF3; this server speaks AMF0")
    match decode(message.payload):
        case [str() as name, bool(), *_]:
            raise ProtocolViolation(f"command {name!r:.60} without a transaction id")
        case [str() as name, (int() | float()) as transaction, *rest]:
            properties = rest[0] if rest and isinstance(rest[0], dict) else {}
            return Command(name, transaction, properties, tuple(rest[1:]))
    raise ProtocolViolation("a command message without a command")


def result(transaction: float, properties: AmfValue, *values: AmfValue) -> Message:
    return call("_result", transaction, properties, *values)


def failure(transaction: float, code: str, description: str) -> Message:
    """`_error`, as for a command that is unknown or refused."""
    info: AmfValue = {"level": "error", "code": code, "description": description}
    return call("_error", transaction, None, info)


def status(code: str, description: str, *, level: str = "status") -> Message:
    """`onStatus` on the published stream."""
    info: AmfValue = {"level": level, "code": code, "description": description}
    return call("onStatus", 0, None, info, stream_id=PUBLISH_STREAM)


def call(name: str, transaction: float, *values: AmfValue, stream_id: int = 0) -> Message:
    payload = encode(name, transaction, *values)
    return Message(MessageType.COMMAND_AMF0, stream_id, 0, payload)
