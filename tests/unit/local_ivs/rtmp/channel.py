"""A server with a channel behind it that keeps what it is given."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.media import Codec
from infra.local.ivs.rtmp.publisher import (
    Ended,
    FlvTag,
    Publication,
    PublishRefused,
    PublishRequest,
    RefusalCode,
)
from infra.local.ivs.rtmp.server import RtmpServer

KEY = "sk_eu-west-1_abc"
END_S = 20
BRISK = replace(IngestLimits(), close_s=0.3)


class Take:
    """One publication, as it was received."""

    def __init__(self, request: PublishRequest) -> None:
        self.request = request
        self.tags: list[FlvTag] = []
        self.claims: list[Mapping[str, object]] = []
        self.ends: list[Ended] = []
        self._over = asyncio.Event()
        self._came = asyncio.Condition()

    async def metadata(self, values: Mapping[str, object]) -> None:
        self.claims.append(values)

    async def write(self, tag: FlvTag) -> None:
        assert not self.ends
        self.tags.append(tag)
        async with self._came:
            self._came.notify_all()

    async def ended(self, ended: Ended) -> None:
        self.ends.append(ended)
        self._over.set()

    async def end(self) -> Ended:
        """Why it ended, once it has."""
        async with asyncio.timeout(END_S):
            await self._over.wait()
        assert len(self.ends) == 1
        return self.ends[0]

    async def has(self, count: int) -> list[FlvTag]:
        """The tags, once there are that many."""
        async with asyncio.timeout(END_S), self._came:
            await self._came.wait_for(lambda: len(self.tags) >= count)
        return self.tags

    def times(self, codec: Codec) -> list[int]:
        return [tag.timestamp_ms for tag in self.tags if tag.codec is codec]


class Channel:
    """Takes one encoder at a time, with `KEY`."""

    def __init__(self, make: Callable[[PublishRequest], Publication] | None = None) -> None:
        self.takes: list[Take] = []
        self._make = make

    async def accept(self, request: PublishRequest) -> Publication:
        if request.stream_key != KEY:
            raise PublishRefused(RefusalCode.BAD_KEY, "The stream key is not valid.")
        if self.takes and not self.takes[-1].ends:
            raise PublishRefused(RefusalCode.ALREADY_PUBLISHING, "The channel is live already.")
        if self._make is not None:
            return self._make(request)
        self.takes.append(Take(request))
        return self.takes[-1]

    @property
    def take(self) -> Take:
        """The only one."""
        (only,) = self.takes
        return only


@asynccontextmanager
async def serving(
    channel: Channel,
    *,
    limits: IngestLimits = BRISK,
    tls: ssl.SSLContext | None = None,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> AsyncIterator[RtmpServer]:
    """A started server on a free port."""
    server = RtmpServer(channel.accept, port=0, limits=limits, tls=tls, random_bytes=random_bytes)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
