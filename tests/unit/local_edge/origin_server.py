"""A small HTTP server in the place of the engine, which remembers what it was asked."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request that reached the origin."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class OriginServer:
    """Answers every request with `answer`; with `drops` it breaks the connection that often."""

    answer: bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    drops: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _handlers: list["asyncio.Task[None]"] = field(default_factory=list)

    async def __aenter__(self) -> "OriginServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.close_connections()
        await asyncio.gather(*self._handlers)
        await self._server.wait_closed()

    def close_connections(self) -> None:
        """What a restarted server does to those who were connected."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        task = asyncio.current_task()
        assert task is not None
        self._handlers.append(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                line, *lines = head[:-4].split("\r\n")
                headers = dict(part.split(": ", 1) for part in lines)
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(line, headers, body))
                if self.drops:
                    self.drops -= 1
                    return
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()
