"""What an encoder and the server say to each other up to the first frame, and at the end.

Pure: a command in, messages to answer with out, and whether it asks to publish or has ended.
The order is that of OBS, FMLE and ffmpeg: connect, releaseStream, FCPublish, createStream,
publish … FCUnpublish, deleteStream. Whoever wants to play is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from infra.local.ivs.rtmp import commands, messages
from infra.local.ivs.rtmp.amf0 import AmfValue
from infra.local.ivs.rtmp.commands import PUBLISH_STREAM, Command
from infra.local.ivs.rtmp.errors import ProtocolViolation
from infra.local.ivs.rtmp.messages import Message
from infra.local.ivs.rtmp.publisher import EndReason, RefusalCode

__all__ = ["Answer", "Dialogue", "farewell", "refusal"]

WINDOW_BYTES: Final = 2_500_000
CHUNK_BYTES: Final = 4096
_AMF0: Final = 0
_TEXT_KEPT: Final = 512

_REFUSALS: Final = {
    RefusalCode.BAD_KEY: "NetStream.Publish.Denied",
    RefusalCode.INSECURE: "NetStream.Publish.Denied",
    RefusalCode.ALREADY_PUBLISHING: "NetStream.Publish.BadName",
    RefusalCode.UNAVAILABLE: "NetStream.Failed",
}
_FAREWELLS: Final = {
    EndReason.UNPUBLISHED: ("status", "NetStream.Unpublish.Success"),
    EndReason.IDLE: ("error", "NetStream.Publish.Idle"),
    EndReason.UNSUPPORTED_MEDIA: ("error", "NetStream.Publish.Rejected"),
    EndReason.DISCONNECTED: ("error", "NetStream.Publish.Rejected"),
    EndReason.TOO_LONG: ("error", "NetStream.Publish.Rejected"),
    EndReason.SERVER_STOPPED: ("error", "NetStream.Failed"),
    EndReason.FAILED: ("error", "NetStream.Failed"),
}


class _State(Enum):
    NEW = auto()
    CONNECTED = auto()
    STREAM = auto()
    PUBLISHING = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """`publish` is the name that the encoder asks to publish; `ended` says it wants no more."""

    replies: tuple[Message, ...] = ()
    publish: str | None = None
    ended: bool = False
    refused: str | None = None
    """Why the connection is to be closed after the replies."""


class Dialogue:
    """One connection's."""

    def __init__(self) -> None:
        self._state = _State.NEW
        self.app = ""
        self.encoder = ""

    def take(self, command: Command) -> Answer:
        """The answer to a command; unknown ones get `_error`. Raises `ProtocolViolation`."""
        if self._state is _State.NEW:
            return self._connect(command)
        match command.name:
            case "connect":
                raise ProtocolViolation("connect for the second time")
            case "createStream":
                return self._create_stream(command)
            case "publish":
                return self._publish(command)
            case "play" | "play2":
                return _play_refused()
            case "FCUnpublish" | "deleteStream" | "closeStream" if self._is_publishing:
                return Answer(ended=True)
        return Answer(_courtesy(command))

    def started(self) -> tuple[Message, ...]:
        """What an accepted publish is answered with."""
        self._state = _State.PUBLISHING
        return (
            messages.stream_begin(PUBLISH_STREAM),
            commands.status("NetStream.Publish.Start", "Publishing."),
        )

    @property
    def _is_publishing(self) -> bool:
        return self._state is _State.PUBLISHING

    def _connect(self, command: Command) -> Answer:
        if command.name != "connect":
            raise ProtocolViolation(f"{command.name!r:.60} before connect")
        app = command.properties.get("app")
        encoder = command.properties.get("flashVer")
        if not isinstance(app, str) or not app.strip("/"):
            code, why = "NetConnection.Connect.Rejected", "The URL names no application."
            return Answer((commands.failure(command.transaction, code, why),), refused=why)
        self.app = app.strip("/")[:_TEXT_KEPT]
        self.encoder = encoder[:_TEXT_KEPT] if isinstance(encoder, str) else ""
        self._state = _State.CONNECTED
        # `objectEncoding` 0 has clients that offer AMF3 speak AMF0; no `fourCcList` has those
        # that know enhanced RTMP keep to the codecs of the original.
        information: AmfValue = {
            "level": "status",
            "code": "NetConnection.Connect.Success",
            "description": "Connection succeeded.",
            "objectEncoding": _AMF0,
        }
        server: AmfValue = {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31, "mode": 1}
        return Answer(
            (
                messages.window_acknowledgement_size(WINDOW_BYTES),
                messages.peer_bandwidth(WINDOW_BYTES),
                messages.set_chunk_size(CHUNK_BYTES),
                commands.result(command.transaction, server, information),
                commands.call("onBWDone", 0, None, 8192),
            )
        )

    def _create_stream(self, command: Command) -> Answer:
        if self._state is _State.CONNECTED:
            self._state = _State.STREAM
        return Answer((commands.result(command.transaction, None, PUBLISH_STREAM),))

    def _publish(self, command: Command) -> Answer:
        if self._state is not _State.STREAM:
            raise ProtocolViolation("publish without a stream of its own")
        name = command.text(0)
        if not name or len(name) > _TEXT_KEPT:
            why = "The URL has no stream key."
            return Answer((refusal(RefusalCode.BAD_KEY, why),), refused=why)
        return Answer(publish=name)


def refusal(code: RefusalCode, description: str) -> Message:
    """The status of a publish that was not accepted."""
    return commands.status(_REFUSALS[code], description, level="error")


def farewell(reason: EndReason, description: str) -> tuple[Message, ...]:
    """What is said before the connection closes; nothing where nobody would understand it."""
    if reason not in _FAREWELLS:
        return ()
    level, code = _FAREWELLS[reason]
    return (commands.status(code, description or "The stream ended.", level=level),)


def _courtesy(command: Command) -> tuple[Message, ...]:
    """Answers to what encoders ask besides; those that want none have no transaction."""
    transaction = command.transaction
    match command.name:
        case "releaseStream":
            return (commands.result(transaction, None, None),)
        case "FCPublish":
            info: AmfValue = {"code": "NetStream.Publish.Start", "description": "FCPublish"}
            published = commands.call("onFCPublish", 0, None, info)
            return (commands.result(transaction, None, None), published)
        case "_checkbw":
            return (commands.result(transaction, None, 0),)
        case "_result" | "_error":
            return ()
    if transaction == 0:
        return ()
    unknown = "This server takes streams in; it knows no such command."
    return (commands.failure(transaction, "NetConnection.Call.Failed", unknown),)


def _play_refused() -> Answer:
    why = "This server takes streams in; it plays none."
    return Answer((commands.status("NetStream.Play.Failed", why, level="error"),), refused=why)
