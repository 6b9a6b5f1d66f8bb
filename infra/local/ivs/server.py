"""The server as an object: started and stopped by a test, a script or the command line.

One thread runs one event loop with everything on it: control API, playback, ingest, encoders'
pipes. Uploads and metrics block, so they have threads of their own.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import shutil
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import uvicorn
from starlette.applications import Starlette

from infra.local.ivs.addresses import Addresses
from infra.local.ivs.api import ControlApi, refuse
from infra.local.ivs.archive import Archive
from infra.local.ivs.broadcast import BroadcastRoom
from infra.local.ivs.broadcasts import Broadcasts
from infra.local.ivs.catalogue import Catalogue
from infra.local.ivs.certificate import rtmps_context
from infra.local.ivs.config import Config
from infra.local.ivs.ids import Ids
from infra.local.ivs.metrics import Metrics, cloudwatch_client, points_of
from infra.local.ivs.objects import Objects, S3Objects
from infra.local.ivs.operations import Operations
from infra.local.ivs.playback import Playback
from infra.local.ivs.playback_tokens import PlaybackTokens
from infra.local.ivs.rtmp.server import RtmpServer
from infra.local.ivs.sessions import Sessions
from infra.local.ivs.settings_operations import SettingsOperations
from infra.local.ivs.store import Store
from infra.local.ivs.viewers import Viewers
from infra.local.service.callers import LocalCallers
from infra.local.service.engine_events import EngineEvents, EventSink
from infra.local.service.engine_s3 import engine_s3
from infra.local.service.errors import ServiceError
from infra.local.service.lifecycle import Startable
from infra.local.service.loopback import HOST, listen
from infra.local.service.outbox import Outbox

__all__ = ["LocalIvs"]

_LOG = logging.getLogger(__name__)
_START_SECONDS = 20
_THREADS = 8


class LocalIvs(Startable):
    """IVS on loopback ports; 0 takes a free one.

        with LocalIvs(Config(state=folder, engine_url=engine)) as ivs:
            boto3.client("ivs", endpoint_url=ivs.url)

    Leaving it ends every stream, with its recording. `objects`, `sink` and `metrics` stand in for
    the engine's S3, event door and CloudWatch.
    """

    def __init__(
        self,
        config: Config,
        port: int = 0,
        rtmp_port: int = 0,
        rtmps_port: int = 0,
        *,
        objects: Objects | None = None,
        sink: EventSink | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._config = config
        self._asked_rtmp_port = rtmp_port
        self._asked_rtmps_port = rtmps_port
        self._objects = objects or S3Objects(engine_s3(config))
        self._metrics = metrics or Metrics(cloudwatch_client(config))
        self._engine_events = EngineEvents(
            config.events_url or config.engine_url, config.engine_token
        )
        self._socket = listen(port)
        path = config.state / "ivs.sqlite"
        self._store = Store(path)
        self._outbox = Outbox(path, sink or self._engine_events)
        self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="ivs-uploads")
        self._assemble()
        self._started: Future[None] = Future()
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="ivs", daemon=True)

    @property
    def url(self) -> str:
        """Of the control API."""
        return f"http://{HOST}:{self._port}"

    @property
    def rtmp_url(self) -> str:
        """To be followed by the stream key."""
        return f"rtmp://{HOST}:{self._rtmp.port}/app/"

    @property
    def rtmps_url(self) -> str:
        return f"rtmps://{HOST}:{self._rtmps.port}/app/"

    def start(self) -> None:
        """Returns when everything is listened on. Raises what kept it from that."""
        self._thread.start()
        self._started.result(_START_SECONDS)

    def stop(self) -> None:
        """End every stream and its recording, answer what is under way."""
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._outbox.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._engine_events.close()
        self._store.close()
        self._socket.close()

    @property
    def _port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def _assemble(self) -> None:
        config, ids, clock = self._config, Ids(), time.time
        self._catalogue = Catalogue(config, self._store, ids)
        self._sessions = Sessions(config, self._store, clock, self._outbox.wake)
        self._archive = Archive(config, self._sessions, self._objects, self._executor, ids, clock)
        room = BroadcastRoom(config, self._sessions, self._archive, ids, clock)
        addresses = Addresses(f"http://localhost:{self._port}")
        self._broadcasts = Broadcasts(room, self._catalogue, addresses)
        self._viewers = Viewers(
            ids,
            time.monotonic,
            counted_s=config.viewer_seconds,
            most=config.max_viewers,
            kept_s=config.viewer_kept_seconds,
        )
        operations = Operations(
            self._catalogue, self._sessions, self._broadcasts, self._viewers, addresses
        )
        tokens = PlaybackTokens(lambda: list(self._catalogue.playback_keys.values()), clock)
        playback = Playback(self._catalogue, self._broadcasts, tokens, self._viewers)
        handlers = operations.handlers() | SettingsOperations(self._catalogue).handlers()
        application = Starlette(
            routes=[*playback.routes(), *ControlApi(config, handlers).routes()],
            exception_handlers={ServiceError: refuse, Exception: refuse},
        )
        self._http = uvicorn.Server(
            uvicorn.Config(
                LocalCallers(application, anyone="/playback/"),
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failed:
            # The first frame of the thread: `start` waits for the outcome.
            if self._started.done():
                raise
            self._started.set_exception(failed)

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._drop_orphaned_spools()
        self._outbox.start()
        self._broadcasts.recover()
        accept, config = self._broadcasts.accept, self._config
        context = rtmps_context(config.state, dt.datetime.now(dt.UTC))
        self._rtmp = RtmpServer(accept, host=HOST, port=self._asked_rtmp_port)
        self._rtmps = RtmpServer(accept, host=HOST, port=self._asked_rtmps_port, tls=context)
        await self._rtmp.start()
        await self._rtmps.start()
        serving = asyncio.create_task(self._http.serve(sockets=[self._socket]))
        while not self._http.started and not serving.done():
            await asyncio.sleep(0.01)
        ticking = asyncio.create_task(self._tick())
        self._started.set_result(None)
        await self._stopping.wait()
        await asyncio.gather(self._rtmp.stop(), self._rtmps.stop())
        ticking.cancel()
        await self._broadcasts.stop()
        self._http.should_exit = True
        await serving

    async def _tick(self) -> None:
        config, loop = self._config, asyncio.get_running_loop()
        metrics_at = 0.0
        while True:
            await asyncio.sleep(config.tick_seconds)
            self._broadcasts.tick()
            if time.monotonic() >= metrics_at:
                metrics_at = time.monotonic() + config.metrics_seconds
                self._viewers.forget_idle()
                if points := self._points():
                    loop.run_in_executor(self._executor, self._metrics.send, points)

    def _points(self) -> list[dict[str, object]]:
        now = time.time()
        points = []
        for broadcast in self._broadcasts.publishing:
            session = broadcast.session
            if broadcast.live:
                channel_id = session.channel_arn.rpartition("/")[2]
                viewers = self._viewers.count(session.stream_id)
                points += points_of(channel_id, broadcast.facts(), viewers, now)
        return points

    def _drop_orphaned_spools(self) -> None:
        """Those of sessions that are over: nothing in them is wanted."""
        kept = {session.stream_id for session in self._sessions.unfinished()}
        for folder in (self._config.state / "spool").glob("*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
