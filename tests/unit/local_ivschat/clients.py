"""Clients of the service: boto3's own, and a WebSocket that does what a test tells it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

if TYPE_CHECKING:
    from mypy_boto3_ivschat import IvschatClient

KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
PATIENCE = 10.0
_SESSION = boto3.session.Session()


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Polls with a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come to hold in time")
        time.sleep(0.005)


def ivschat_client(url: str, **keys: Any) -> IvschatClient:
    return _SESSION.client(
        "ivschat",
        endpoint_url=url,
        **{**KEYS, "config": Config(retries={"total_max_attempts": 1}), **keys},
    )


class Refused(Exception):
    """The upgrade was answered with another status."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Closed(Exception):
    """The other side said goodbye, or (1006) just went."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class ChatSocket:
    """A blocking client of the messaging API.

    with ChatSocket(port, token) as viewer:
        viewer.say("hello")
        assert viewer.next()["Content"] == "hello"

    Answers pings unless it is told not to.
    """

    def __init__(
        self,
        port: int,
        token: str | None,
        *,
        path: str = "/",
        more_protocols: tuple[str, ...] = (),
        answers_pings: bool = True,
        receive_buffer: int | None = None,
    ) -> None:
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(("127.0.0.1", port))
        self._ws = WSConnection(ConnectionType.CLIENT)
        self._waiting: list[Event] = []
        self._text = ""
        self.answers_pings = answers_pings
        self.pings = 0
        protocols = ([token] if token is not None else []) + list(more_protocols)
        self._send(Request(host="localhost", target=path, subprotocols=protocols))
        try:
            self.protocol = self._shake_hands()
        except BaseException:
            self._socket.close()
            raise

    def _shake_hands(self) -> str | None:
        body = b""
        status = 0
        while True:
            event = self._event()
            if isinstance(event, AcceptConnection):
                return event.subprotocol
            if isinstance(event, RejectConnection):
                status = event.status_code
            if isinstance(event, RejectData):
                body += event.data
                if event.body_finished:
                    raise Refused(status, body.decode())

    def ask(self, action: str, **fields: Any) -> None:
        """One request; fields as on the wire."""
        self.send_text(json.dumps({"Action": action, **fields}))

    def say(self, content: str, request_id: str = "", **fields: Any) -> None:
        self.ask("SEND_MESSAGE", Content=content, RequestId=request_id, **fields)

    def send_text(self, text: str) -> None:
        self._send(TextMessage(text))

    def burst(self, texts: list[str]) -> None:
        """All of them in one go, so that the server meets them in one moment."""
        self._socket.sendall(b"".join(self._ws.send(TextMessage(text)) for text in texts))

    def send_bytes(self, data: bytes) -> None:
        self._send(BytesMessage(data))

    def send_raw(self, data: bytes) -> None:
        self._socket.sendall(data)

    def ping(self, payload: bytes) -> None:
        self._send(Ping(payload))

    def next(self) -> dict[str, Any]:
        """The next frame. Raises `Closed` when there is none any more."""
        while True:
            event = self._event()
            if isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    text, self._text = self._text, ""
                    frame: dict[str, Any] = json.loads(text)
                    return frame

    def next_of(self, kind: str) -> dict[str, Any]:
        """The next frame of that type; others before it are passed over."""
        while True:
            frame = self.next()
            if frame["Type"] == kind:
                return frame

    def next_pong(self) -> bytes:
        while True:
            event = self._event()
            if isinstance(event, Pong):
                return bytes(event.payload)

    def pump(self) -> None:
        """Meet one event of any kind."""
        self._event()

    def leave(self) -> None:
        """Say goodbye, without waiting for the answer."""
        self._send(CloseConnection(1000))

    def wait_for_end(self) -> None:
        """Until the socket is closed by the other side."""
        try:
            while self._socket.recv(65_536):
                continue
        except ConnectionError:
            return

    def closed(self) -> Closed:
        """How it ends, whatever comes before."""
        while True:
            try:
                self.next()
            except Closed as closed:
                return closed

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, event: Event) -> None:
        self._socket.sendall(self._ws.send(event))

    def _event(self) -> Event:
        while not self._waiting:
            try:
                data = self._socket.recv(65_536)
            except ConnectionError:
                data = b""
            if not data:
                raise Closed(1006, "")
            self._ws.receive_data(data)
            self._waiting.extend(self._ws.events())
        event = self._waiting.pop(0)
        if isinstance(event, CloseConnection):
            raise Closed(event.code, event.reason or "")
        if isinstance(event, Ping):
            self.pings += 1
            if self.answers_pings:
                self._send(event.response())
        if isinstance(event, Message) and not isinstance(event, TextMessage):
            raise AssertionError("the server sent something that is not text")
        return event
