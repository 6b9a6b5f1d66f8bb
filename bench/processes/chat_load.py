"""A room full of people: connects them, says something so many times a second, counts what comes.

    chat_load.py <given.json> <outcome.json>

Latency is from just before a message is written to its sender's socket until it was read from
another's, both in this process, so this process's own work is part of it.
"""

from __future__ import annotations

import array
import asyncio
import base64
import json
import os
import struct
import sys
import time
from pathlib import Path
from typing import Any, Final

import boto3

GRACE_SECONDS: Final = 10
_CONNECTING: Final = 50
_CONTENT: Final = b'"Content":"'


class Tally:
    """What came, over all connections."""

    def __init__(self) -> None:
        self.latencies_ms = array.array("d")
        self.doubled = 0
        self.disordered = 0
        self.errors = 0


class Viewer(asyncio.Protocol):
    """One connection; knows the last number that it heard of each sender."""

    def __init__(self, host: str, token: str, tally: Tally) -> None:
        self._host = host
        self._token = token
        self._tally = tally
        self._buffer = b""
        self._heard: dict[bytes, set[int]] = {}
        self._last: dict[bytes, int] = {}
        self.closed = False
        self.opened = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what TCP gives
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET / HTTP/1.1\r\nHost: {self._host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Protocol: {self._token}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter_ns()
        self._buffer += data
        if not self.opened.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(head.decode()))
                return
            self.opened.set_result(None)
            self._buffer = rest
        while (frame := self._next()) is not None:
            self._take(frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed"))

    def say(self, sender: int, number: int) -> None:
        content = f"{sender} {number} {time.perf_counter_ns()} {'x' * 40}"
        payload = json.dumps({"Action": "SEND_MESSAGE", "Content": content}).encode()
        # Masked with zeros, which changes nothing and costs nothing.
        size = len(payload)
        head = struct.pack("!BBH", 0x81, 0xFE, size) if size > 125 else bytes([0x81, 0x80 | size])
        self._transport.write(head + b"\0\0\0\0" + payload)

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 4:
            return None
        size, start = buffer[1], 2
        if size == 126:
            size, start = struct.unpack_from("!H", buffer, 2)[0], 4
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[start : start + size] if buffer[0] == 0x81 else b""

    def _take(self, frame: bytes, now: int) -> None:
        if b'"Type":"ERROR"' in frame[:20]:
            self._tally.errors += 1
            return
        place = frame.find(_CONTENT)
        if place < 0:
            return
        sender, number, sent, _ = frame[place + len(_CONTENT) :].split(b" ", 3)
        heard = self._heard.setdefault(sender, set())
        if int(number) in heard:
            self._tally.doubled += 1
            return
        heard.add(int(number))
        if int(number) < self._last.get(sender, -1):
            self._tally.disordered += 1
        self._last[sender] = int(number)
        self._tally.latencies_ms.append((now - int(sent)) / 1e6)


def tokens(given: dict[str, Any]) -> list[str]:
    """One token for each connection."""
    client = boto3.client(
        "ivschat",
        endpoint_url=given["url"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the local service's documented key
    )
    return [
        client.create_chat_token(
            roomIdentifier=given["room"], userId=f"usr_{number}", capabilities=["SEND_MESSAGE"]
        )["token"]
        for number in range(given["connections"])
    ]


async def run(given: dict[str, Any], allowed: list[str]) -> dict[str, Any]:
    """Connect all, then say `rate` messages a second for `seconds`."""
    loop, tally, gate = asyncio.get_running_loop(), Tally(), asyncio.Semaphore(_CONNECTING)
    host, port = given["host"], given["port"]

    async def connect(token: str) -> Viewer:
        async with gate:
            _, viewer = await loop.create_connection(
                lambda: Viewer(f"{host}:{port}", token, tally), host, port
            )
            await viewer.opened
            return viewer

    started = time.perf_counter()
    viewers = await asyncio.gather(*map(connect, allowed))
    connected = time.perf_counter() - started
    rate, senders = given["rate"], given["senders"]
    began, sent = loop.time(), 0
    while sent < rate * given["seconds"]:
        await asyncio.sleep(began + sent / rate - loop.time())
        viewers[sent % senders].say(sent % senders, sent // senders)
        sent += 1
    expected = sent * len(viewers)
    if any(viewer.closed for viewer in viewers):
        raise ConnectionError("somebody was thrown out")
    deadline = loop.time() + GRACE_SECONDS
    while len(tally.latencies_ms) < expected and loop.time() < deadline:
        await asyncio.sleep(0.05)
    return {
        "connect_s": connected,
        "seconds": loop.time() - began,
        "sent": sent,
        "lost": expected - len(tally.latencies_ms),
        "doubled": tally.doubled,
        "disordered": tally.disordered,
        "errors": tally.errors,
        "latencies_ms": sorted(tally.latencies_ms)[:: max(1, expected // 50_000)],
        "worst_ms": max(tally.latencies_ms, default=0.0),
    }


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    outcome = asyncio.run(run(asked, tokens(asked)))
    Path(sys.argv[2]).write_text(json.dumps(outcome))
