"""The service in this process, with a clock to move and an engine to tell what to do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.ivschat.chat import Chance
from infra.local.ivschat.config import Config
from infra.local.ivschat.server import LocalIvsChat, real_chance
from tests.unit.local_ivschat.clients import ChatSocket, ivschat_client
from tests.unit.local_ivschat.engine import FakeEngine

if TYPE_CHECKING:
    from mypy_boto3_ivschat import IvschatClient

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:review"
_QUICKLY = {"tick_s": 0.02, "log_flush_s": 0.02}
EVERYTHING = ("SEND_MESSAGE", "DELETE_MESSAGE", "DISCONNECT_USER")


class MovableNs:
    """The machine's clock, and ahead of it by what it was moved."""

    def __init__(self) -> None:
        self.ahead_ns = 0

    def __call__(self) -> int:
        return time.time_ns() + self.ahead_ns

    def move(self, seconds: float) -> None:
        self.ahead_ns += int(seconds * 1_000_000_000)


class Service:
    """A running server and what a test does with it. `settings` go into its Config."""

    def __init__(self, state: Path, engine: FakeEngine, **settings: Any) -> None:
        self.clock = MovableNs()
        self.engine = engine
        given = {"engine_url": engine.url, "review_timeout_ms": 2_000, **_QUICKLY, **settings}
        self.config = Config(state=state, **given)
        chance = Chance(self.clock, real_chance().make_id, os.urandom)
        self._server = LocalIvsChat(self.config, chance=chance)
        self._sockets: list[ChatSocket] = []
        self._stopped = False

    def start(self) -> None:
        self._server.start()
        self.url = self._server.url
        self.port = int(self.url.rpartition(":")[2])
        self.api: IvschatClient = ivschat_client(self.url)

    def stop(self) -> None:
        for each in self._sockets:
            each.close()
        self.api.close()
        self.stop_server()

    def stop_server(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._server.stop()

    def room(self, **settings: Any) -> str:
        """The ARN of a new room."""
        return self.api.create_room(**settings)["arn"]

    def reviewed_room(self, fallback: str = "ALLOW", **settings: Any) -> str:
        handler = {"uri": FUNCTION, "fallbackResult": fallback}
        return self.room(messageReviewHandler=handler, **settings)

    def token(self, room: str, user: str = "usr_ada", **settings: Any) -> str:
        given = {"capabilities": list(EVERYTHING), **settings}
        return self.api.create_chat_token(roomIdentifier=room, userId=user, **given)["token"]

    def connect(self, room: str, user: str = "usr_ada", **settings: Any) -> ChatSocket:
        return self.open(self.token(room, user, **settings))

    def post(self, path: str, body: bytes) -> httpx.Response:
        """A signed request with whatever body."""
        request = AWSRequest("POST", self.url + path, data=body)
        SigV4Auth(Credentials("test", "test"), "ivschat", "us-east-1").add_auth(request)
        return httpx.post(self.url + path, content=body, headers=dict(request.headers))

    def open(self, token: str | None, **how: Any) -> ChatSocket:
        made = ChatSocket(self.port, token, **how)
        self._sockets.append(made)
        return made


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    made = FakeEngine()
    yield made
    made.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a class of tests changes of the configuration."""
    return {}


@pytest.fixture
def service(tmp_path: Path, engine: FakeEngine, settings: dict[str, Any]) -> Iterator[Service]:
    made = Service(tmp_path / "state", engine, **settings)
    made.start()
    yield made
    made.stop()
