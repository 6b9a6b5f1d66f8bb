"""The server as an object: started and stopped by a test, a script or the command line."""

from __future__ import annotations

import socket
import threading

import uvicorn

from infra.local.mediaconvert.api import create_api
from infra.local.mediaconvert.config import Config
from infra.local.mediaconvert.s3_objects import S3Objects
from infra.local.mediaconvert.scheduler import Scheduler
from infra.local.mediaconvert.sources import Sources
from infra.local.mediaconvert.transcode import Transcoder
from infra.local.service.callers import LocalCallers
from infra.local.service.engine_events import EngineEvents
from infra.local.service.engine_s3 import engine_s3
from infra.local.service.lifecycle import Startable
from infra.local.service.loopback import HOST, listen

__all__ = ["LocalMediaConvert"]

_START_SECONDS = 10


class LocalMediaConvert(Startable):
    """MediaConvert on a loopback port; port 0 takes a free one.

        with LocalMediaConvert(Config(state=folder, engine_url=engine)) as service:
            boto3.client("mediaconvert", endpoint_url=service.url)

    Leaving it stops ffmpeg; unfinished jobs go on when a server is started on the same state.
    """

    def __init__(self, config: Config, port: int = 0) -> None:
        store = S3Objects(engine_s3(config))
        sources = Sources(
            config.state / "sources", config.max_cached_source_bytes, config.probe_timeout_s
        )
        transcoder = Transcoder(
            ffmpeg=config.ffmpeg,
            scratch=config.state / "scratch",
            sources=sources,
            store=store,
            max_job_seconds=config.max_job_seconds,
        )
        self._events = EngineEvents(config.events_url or config.engine_url, config.engine_token)
        self._scheduler = Scheduler(config, transcoder.run, self._events)
        self._socket = listen(port)
        self._server = uvicorn.Server(
            uvicorn.Config(
                LocalCallers(create_api(config, self._scheduler, sources, store)),
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="mediaconvert", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Returns when requests are answered."""
        self._scheduler.start()
        self._thread.start()
        with socket.create_connection(self._socket.getsockname(), timeout=_START_SECONDS):
            return

    def stop(self) -> None:
        """Answer what is under way, stop ffmpeg, keep every job."""
        self._server.should_exit = True
        self._scheduler.stop()
        self._thread.join()
        self._socket.close()
        self._events.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])
