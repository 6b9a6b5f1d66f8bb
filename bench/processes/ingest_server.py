"""An ingest server whose channels throw away what they are given: what ingest alone costs.

Arguments: how many encoders to wait for, for how many seconds to measure, and `rtmp` or `rtmps`.
Prints the port, then, once that many publish, the processor time and what came within it.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.local.ivs.certificate import rtmps_context
from infra.local.ivs.rtmp.flv import flv_tag
from infra.local.ivs.rtmp.publisher import Ended, FlvTag, PublishRequest
from infra.local.ivs.rtmp.server import RtmpServer

STEADY_TAGS: Final = 200


class Ingest:
    """Counts what the encoders send. One of it serves all."""

    def __init__(self, encoders: int) -> None:
        self.encoders = encoders
        self.bytes = self.tags = self.steady = 0
        self.all_steady = asyncio.Event()

    async def accept(self, request: PublishRequest) -> Discarded:
        return Discarded(self)


class Discarded:
    """A publication that frames each tag for ffmpeg's stdin, and drops it there."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest
        self._tags = 0

    async def metadata(self, values: Mapping[str, object]) -> None:
        """Says nothing that is measured."""

    async def write(self, tag: FlvTag) -> None:
        self._ingest.bytes += len(flv_tag(tag))
        self._ingest.tags += 1
        self._tags += 1
        if self._tags == STEADY_TAGS:
            self._ingest.steady += 1
            if self._ingest.steady == self._ingest.encoders:
                self._ingest.all_steady.set()

    async def ended(self, ended: Ended) -> None:
        """The measurement is over."""


async def main(encoders: int, seconds: float, tls: ssl.SSLContext | None) -> None:
    ingest = Ingest(encoders)
    server = RtmpServer(ingest.accept, port=0, tls=tls)
    await server.start()
    print(server.port, flush=True)
    await ingest.all_steady.wait()
    cpu, wall, bytes_before, tags_before = (
        time.process_time(),
        time.perf_counter(),
        ingest.bytes,
        ingest.tags,
    )
    await asyncio.sleep(seconds)
    outcome = {
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "bytes": ingest.bytes - bytes_before,
        "tags": ingest.tags - tags_before,
    }
    print(json.dumps(outcome), flush=True)
    await server.stop()


with tempfile.TemporaryDirectory() as folder:
    secure = sys.argv[3] == "rtmps"
    context = rtmps_context(Path(folder), datetime.now(UTC)) if secure else None
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), context))
