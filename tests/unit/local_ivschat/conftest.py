"""The service in this process, with a clock to move and an engine to tell what to do."""

from __future__ import annotations

import itertools
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

_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:review"
_QUICKLY = {"tick_s": 0.02, "log_flush_s": 0.02, "warm_up_calls": 1}
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
        self._config = Config(state=state, **given)
        self._numbers = itertools.count(1)
        self._server: LocalIvsChat | None = None
        self._sockets: list[ChatSocket] = []

    def renew(self) -> None:
        """As if nothing had happened: starting a server for each test would cost the most."""
        self.engine.reset()
        # One that nobody called yet, so that it is not warm.
        self.function = f"{_FUNCTION}-{next(self._numbers)}"
        if self._server is None:
            chance = Chance(self.clock, real_chance().make_id, os.urandom)
            self._server = LocalIvsChat(self._config, chance=chance)
            self._server.start()
            self.url = self._server.url
            self.port = int(self.url.rpartition(":")[2])
            self.api: IvschatClient = ivschat_client(self.url)
        for room in self.api.list_rooms()["rooms"]:
            self.api.delete_room(identifier=room["arn"])
        for logging in self.api.list_logging_configurations()["loggingConfigurations"]:
            self.api.delete_logging_configuration(identifier=logging["arn"])

    def hang_up(self) -> None:
        """Close the connections of a test."""
        for each in self._sockets:
            each.close()
        self._sockets.clear()

    def stop(self) -> None:
        """What a test stopped is started again for the next."""
        if self._server is not None:
            self.api.close()
            self._server.stop()
            self._server = None

    def room(self, **settings: Any) -> str:
        """The ARN of a new room."""
        return self.api.create_room(**settings)["arn"]

    def reviewed_room(self, fallback: str = "ALLOW", **settings: Any) -> str:
        handler = {"uri": self.function, "fallbackResult": fallback}
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


@pytest.fixture(scope="class")
def engine() -> Iterator[FakeEngine]:
    made = FakeEngine()
    yield made
    made.close()


@pytest.fixture(scope="class")
def _service_of_class(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: FakeEngine
) -> Iterator[Service]:
    """With what the class says in SETTINGS."""
    settings: dict[str, Any] = getattr(request.cls, "SETTINGS", {})
    made = Service(tmp_path_factory.mktemp("ivschat") / "state", engine, **settings)
    yield made
    made.stop()


@pytest.fixture
def service(_service_of_class: Service) -> Iterator[Service]:
    """Without rooms, connections and memories of another test."""
    _service_of_class.renew()
    yield _service_of_class
    _service_of_class.hang_up()
