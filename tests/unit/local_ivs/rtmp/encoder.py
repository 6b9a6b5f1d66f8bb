"""A small RTMP encoder for tests, in the manner of OBS. It writes chunks by `wire`."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from types import TracebackType

from infra.local.ivs.rtmp.amf0 import AmfValue, decode, encode
from infra.local.ivs.rtmp.chunk_reader import ChunkReader
from infra.local.ivs.rtmp.messages import Message
from tests.unit.local_ivs.rtmp import pictures, wire

FLASH_VERSION = "FMLE/3.0 (compatible; FMSc/1.0)"
ANSWER_S = 10
AUDIO, VIDEO, DATA, COMMAND = 8, 9, 18, 20


class Encoder:
    """One connection. Everything that waits for the server gives up after ten seconds."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._chunks = ChunkReader(message_bytes=1 << 20, chunk_streams=8)
        self._chunk_bytes = 128
        self.heard: list[Message] = []

    @classmethod
    async def open(cls, port: int, tls: ssl.SSLContext | None = None) -> Encoder:
        """Only the socket."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))

    async def __aenter__(self) -> Encoder:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """As the kernel does for a process that was killed."""
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def shake_hands(self) -> None:
        offered = bytes(8) + b"x" * 1528
        self.send(b"\x03" + offered)
        async with asyncio.timeout(ANSWER_S):
            answer = await self.reader.readexactly(1 + 2 * 1536)
        assert answer[0] == 3
        assert answer[1537:] == offered
        self.send(answer[1:1537])

    def command(self, name: str, transaction: float, *values: AmfValue, stream: int = 0) -> None:
        payload = encode(name, transaction, *values)
        self._message(3, payload, kind=COMMAND, stream=stream)

    async def connect(self, app: str = "app", **properties: AmfValue) -> list[AmfValue]:
        """The answer to connect."""
        url = f"rtmp://localhost/{app}"
        known: dict[str, AmfValue] = {"app": app, "type": "nonprivate", "flashVer": FLASH_VERSION}
        self.command("connect", 1, known | {"swfUrl": url, "tcUrl": url} | properties)
        return await self.answer_to(1)

    async def ask_to_publish(self, key: str) -> str:
        """Says what OBS says, in its order; the code of the status that answers publish."""
        await self.shake_hands()
        await self.connect()
        self.set_chunk_size(4096)
        self.command("releaseStream", 2, None, key)
        self.command("FCPublish", 3, None, key)
        self.command("createStream", 4, None)
        self.command("_checkbw", 5, None)
        _, _, _, stream = await self.answer_to(4)
        assert stream == 1
        self.command("publish", 6, None, key, "live", stream=1)
        return await self.status()

    async def publish(self, key: str) -> None:
        assert await self.ask_to_publish(key) == "NetStream.Publish.Start"

    def media(
        self, kind: int, time: int, body: bytes, *, form: int = 0, repeats_extended: bool = True
    ) -> None:
        """A frame; `time` is a timestamp (form 0) or a step."""
        number = 4 if kind == AUDIO else 6
        self.send(
            wire.chunks(
                number,
                body,
                form=form,
                time=time,
                kind=kind,
                chunk_bytes=self._chunk_bytes,
                repeats_extended=repeats_extended,
            )
        )

    def send_headers(self) -> None:
        self.media(VIDEO, 0, pictures.video_header())
        self.media(AUDIO, 0, pictures.AAC_HEADER)

    def data(self, *values: AmfValue) -> None:
        self._message(5, encode(*values), kind=DATA)

    def set_chunk_size(self, size: int) -> None:
        self.send(wire.set_chunk_size(size))
        self._chunk_bytes = size

    async def status(self) -> str:
        """The code of the next `onStatus`."""
        info = (await self.call("onStatus"))[3]
        assert isinstance(info, dict)
        return str(info["code"])

    async def answer_to(self, transaction: float) -> list[AmfValue]:
        while True:
            values = await self._next_command()
            if values[0] in ("_result", "_error") and values[1] == transaction:
                return values

    async def call(self, name: str) -> list[AmfValue]:
        """The next call of that name by the server."""
        while True:
            values = await self._next_command()
            if values[0] == name:
                return values

    async def closed(self) -> None:
        """Returns when the server has closed the connection."""
        async with asyncio.timeout(ANSWER_S):
            with contextlib.suppress(ConnectionError):
                while await self.reader.read(65536):
                    continue

    async def message(self, kind: int) -> Message:
        """The next message of a type, whatever comes before it."""
        async with asyncio.timeout(ANSWER_S):
            while True:
                while self.heard:
                    message = self.heard.pop(0)
                    if message.type_id == kind:
                        return message
                data = await self.reader.read(65536)
                assert data, "the server closed the connection"
                self.heard += self._chunks.feed(data)

    def _message(self, number: int, payload: bytes, *, kind: int, stream: int = 1) -> None:
        size = self._chunk_bytes
        self.send(wire.chunks(number, payload, kind=kind, stream=stream, chunk_bytes=size))

    async def _next_command(self) -> list[AmfValue]:
        return decode((await self.message(COMMAND)).payload)
