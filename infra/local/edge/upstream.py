"""A small HTTP/1.1 client for one origin: connections kept open, bodies streamed both ways.

The edge adds its whole cost to every request, so this does only what the engine needs: known
hosts, plain TCP, `Content-Length` or chunked answers.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

Headers = list[tuple[bytes, bytes]]

CONNECT_SECONDS = 5.0
RESPONSE_SECONDS = 30.0
"""CloudFront's default origin response timeout, which also holds between two packets."""
IDLE_SECONDS = 30.0
"""Shorter than the engine's keep-alive, so that it is not the one to close."""
CHUNK_BYTES = 256 * 1024
REPLAYABLE_BODY_BYTES = 64 * 1024
_BODILESS = frozenset({204, 304})


class OriginUnreachable(Exception):
    """The origin refused the connection or broke it before it answered."""


class OriginTimedOut(Exception):
    """The origin did not answer in time."""


@dataclass(frozen=True, kw_only=True)
class OriginRequest:
    """A request to the origin. `body` is used when there is no `stream`."""

    method: str
    target: bytes
    headers: Headers
    body: bytes = b""
    stream: AsyncIterator[bytes] | None = None
    """A body too large to be held; its length must be in `headers`."""


class Connection:
    """One open connection and when it was last used."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.idle_since = time.monotonic()

    @property
    def usable(self) -> bool:
        """Whether the other side has kept it open and it has not idled too long."""
        fresh = time.monotonic() - self.idle_since < IDLE_SECONDS
        return fresh and not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        self.writer.close()


class OriginResponse:
    """The head of an answer; the body is read once, by iterating `chunks`."""

    def __init__(self, pool: "Upstream", connection: Connection, method: str) -> None:
        self._pool = pool
        self._connection = connection
        self._method = method
        self.status = 0
        self.headers: Headers = []
        self._finished = False

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header; names are in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    async def read_head(self) -> None:
        """Read status and headers; a broken connection raises ConnectionError."""
        try:
            head = await self._connection.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the origin ended before it answered") from error
        lines = head[:-4].split(b"\r\n")
        self.status = int(lines[0].split(b" ", 2)[1])
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            self.headers.append((name.lower(), value.strip()))

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Ends early with OriginUnreachable when the origin breaks off."""
        try:
            async with asyncio.timeout(RESPONSE_SECONDS) as limit:
                loop = asyncio.get_running_loop()
                async for chunk in self._body():
                    yield chunk
                    limit.reschedule(loop.time() + RESPONSE_SECONDS)
            self._finished = True
        except TimeoutError as error:
            raise OriginTimedOut("the body stopped") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise OriginUnreachable(str(error)) from error
        finally:
            self.release()

    def release(self) -> None:
        """Give the connection back, or close it when the body was not read to its end."""
        closing = (self.header(b"connection") or b"").lower() == b"close"
        if self._finished and not closing:
            self._pool.keep(self._connection)
        else:
            self._connection.close()

    async def _body(self) -> AsyncIterator[bytes]:
        reader = self._connection.reader
        if self._method == "HEAD" or self.status in _BODILESS:
            return
        if (self.header(b"transfer-encoding") or b"").lower() == b"chunked":
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                yield await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readuntil(b"\r\n")
            return
        remaining = int(self.header(b"content-length") or 0)
        while remaining:
            chunk = await reader.read(min(CHUNK_BYTES, remaining))
            if not chunk:
                raise OSError("the origin broke the body off")
            remaining -= len(chunk)
            yield chunk


class Upstream:
    """Requests to one origin server over a pool of connections."""

    def __init__(self, host: str, port: int, *, keep: int = 64) -> None:
        self._host = host
        self._port = port
        self._keep = keep
        self._idle: deque[Connection] = deque()

    async def send(self, request: OriginRequest) -> OriginResponse:
        """Send the request and read the answer's head.

        A request on a kept connection that turns out to be closed is sent once more on a new one.
        Raises OriginUnreachable or OriginTimedOut.
        """
        kept = None if request.stream is not None else self._kept_connection()
        try:
            async with asyncio.timeout(RESPONSE_SECONDS):
                if kept is not None:
                    with contextlib.suppress(ConnectionError):
                        return await self._exchange(kept, request)
                    kept.close()
                return await self._exchange(await self._connect(), request)
        except TimeoutError as error:
            raise OriginTimedOut(f"{request.method} took too long") from error
        except OSError as error:
            raise OriginUnreachable(str(error)) from error

    def keep(self, connection: Connection) -> None:
        """Take a connection back for the next request."""
        connection.idle_since = time.monotonic()
        if len(self._idle) < self._keep and connection.usable:
            self._idle.append(connection)
        else:
            connection.close()

    async def close(self) -> None:
        """Close the connections that are kept."""
        closing = [self._idle.pop() for _ in range(len(self._idle))]
        for connection in closing:
            connection.close()
        for connection in closing:
            with contextlib.suppress(OSError):
                await connection.writer.wait_closed()

    def _kept_connection(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return None

    async def _connect(self) -> Connection:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(self._host, self._port, limit=1 << 18)
        return Connection(reader, writer)

    async def _exchange(self, connection: Connection, request: OriginRequest) -> OriginResponse:
        try:
            lines = [request.method.encode() + b" " + request.target + b" HTTP/1.1"]
            lines += [name + b": " + value for name, value in request.headers]
            head = b"\r\n".join(lines) + b"\r\n\r\n"
            connection.writer.write(head + request.body)
            if request.stream is not None:
                async for chunk in request.stream:
                    connection.writer.write(chunk)
                    await connection.writer.drain()
            response = OriginResponse(self, connection, request.method)
            await response.read_head()
        except BaseException:
            connection.close()
            raise
        return response
