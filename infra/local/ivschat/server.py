"""The server as an object: started and stopped by a test, a script or the command line."""

from __future__ import annotations

import os
import secrets
import string
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

from infra.local.ivschat.api import create_api
from infra.local.ivschat.chat import Chance, Chat
from infra.local.ivschat.config import Config
from infra.local.ivschat.connection import ChatConnection
from infra.local.ivschat.s3_upload import S3Upload
from infra.local.service.callers import LocalCallers
from infra.local.service.engine_s3 import engine_s3
from infra.local.service.lifecycle import Startable
from infra.local.service.loopback import HOST, listen

__all__ = ["LocalIvsChat", "real_chance"]

_START_SECONDS = 10
_STOP_SECONDS = 5
_POLL_SECONDS = 0.01
_BACKLOG = 2_048
_ALPHANUMERICS = string.ascii_letters + string.digits
_ID_LENGTH = 12


def real_chance() -> Chance:
    """The machine's clock and randomness."""
    return Chance(now_ns=time.time_ns, make_id=_make_id, random_bytes=os.urandom)


class LocalIvsChat(Startable):
    """IVS Chat on a loopback port; port 0 takes a free one.

        with LocalIvsChat(Config(state=folder, engine_url=engine)) as service:
            boto3.client("ivschat", endpoint_url=service.url)

    Rooms and tokens are there again when a server is started on the same state.
    """

    def __init__(self, config: Config, port: int = 0, chance: Chance | None = None) -> None:
        self._config = config
        self._chance = chance or real_chance()
        self._chat: Chat | None = None
        self._upload = S3Upload(engine_s3(config))
        self._socket = listen(port, backlog=_BACKLOG)
        # uvicorn makes a protocol by calling what it is given, though its type asks for a class.
        connect: Any = self._connect
        self._server = uvicorn.Server(
            uvicorn.Config(
                LocalCallers(create_api(config, self._running, time.monotonic, self._lifespan)),
                ws=connect,
                log_level="warning",
                access_log=False,
                lifespan="on",
                backlog=_BACKLOG,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="ivschat", daemon=True)

    @property
    def url(self) -> str:
        """The control API."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def messaging_url(self) -> str:
        """The WebSocket."""
        return f"ws://{HOST}:{self._socket.getsockname()[1]}/"

    def start(self) -> None:
        """Returns when requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            self._thread.join(_POLL_SECONDS)
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("IVS Chat did not start")

    def stop(self) -> None:
        """Say goodbye to every connection, send what is logged, keep the rest."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
        self._upload.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def _connect(self, *, config: Any, server_state: Any, app_state: Any) -> ChatConnection:
        return ChatConnection(
            self._running(), config=config, server_state=server_state, app_state=app_state
        )

    def _running(self) -> Chat:
        if self._chat is None:
            raise RuntimeError("not started")
        return self._chat

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._chat = Chat(self._config, self._upload, self._chance)
        try:
            yield
        finally:
            await self._chat.close()
            self._chat = None


def _make_id() -> str:
    return "".join(secrets.choice(_ALPHANUMERICS) for _ in range(_ID_LENGTH))
