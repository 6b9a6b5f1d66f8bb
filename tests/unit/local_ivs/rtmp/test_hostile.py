"""Noise, silence and crowds: each ends its own session, soon, and no other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import ssl
import struct
from dataclasses import replace

import pytest

from infra.local.ivs.rtmp.amf0 import encode
from infra.local.ivs.rtmp.publisher import EndReason
from tests.unit.local_ivs.rtmp import pictures, wire
from tests.unit.local_ivs.rtmp.channel import BRISK, KEY, Channel, serving
from tests.unit.local_ivs.rtmp.encoder import AUDIO, COMMAND, VIDEO, Encoder

SEEDS = range(40)


def noise(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same in each run


@pytest.fixture(autouse=True)
def _whole_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def no_tracebacks(log: pytest.LogCaptureFixture) -> None:
    """Neither sessions nor asyncio met anything that they do not handle."""
    assert [record for record in log.records if record.exc_info] == []
    assert [record for record in log.records if record.name == "asyncio"] == []


class TestNoise:
    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP"),
            (b"\x16\x03\x01\x02\x00\x01", "TLS"),
            (b"\x06" + bytes(1536), "RTMPE"),
            (b"\x00", "0x00"),
        ],
    )
    def test_other_protocols_are_closed_at_once_with_a_line(
        self, data: bytes, word: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as client:
                client.send(data)
                async with asyncio.timeout(3):
                    await client.closed()

        asyncio.run(scene())
        no_tracebacks(caplog)
        assert f"not RTMP ({word}" in caplog.text or f"first byte {word}" in caplog.text

    def test_noise_after_the_handshake(self, caplog: pytest.LogCaptureFixture) -> None:
        async def one(port: int, seed: int) -> None:
            dice = noise(seed)
            async with await Encoder.open(port) as client:
                await client.shake_hands()
                if seed % 2:
                    await client.connect()
                client.send(dice.randbytes(dice.choice([1, 50, 5000, 100_000])))
                client.writer.write_eof()
                await client.closed()

        async def scene() -> None:
            async with serving(Channel()) as server:
                await asyncio.gather(*(one(server.port, seed) for seed in SEEDS[:24]))

        asyncio.run(scene())
        no_tracebacks(caplog)

    def test_commands_of_noise(self, caplog: pytest.LogCaptureFixture) -> None:
        async def one(port: int, seed: int) -> None:
            dice = noise(seed)
            whole = encode("connect", 1, {"app": "app", "tcUrl": "rtmp://x/app", "n": [1, None]})
            garbled = bytearray(whole)
            for _ in range(3):
                garbled[dice.randrange(len(garbled))] = dice.randrange(256)
            async with await Encoder.open(port) as client:
                await client.shake_hands()
                client.send(wire.chunks(3, bytes(garbled), kind=dice.choice([17, 18, 20])))
                client.writer.write_eof()
                await client.closed()

        async def scene() -> None:
            async with serving(Channel()) as server:
                for seed in SEEDS:
                    await one(server.port, seed)

        asyncio.run(scene())
        no_tracebacks(caplog)

    def test_media_of_noise_ends_its_own_publication_alone(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def one(port: int, seed: int, channel: Channel) -> None:
            dice = noise(seed)
            async with await Encoder.open(port) as client:
                await client.publish(KEY)
                client.media(VIDEO, 0, pictures.video_header())
                client.media(AUDIO, 0, pictures.AAC_HEADER)
                for _ in range(20):
                    head = dice.choice([b"\x17\x01\0\0\0", b"\x17\x00\0\0\0", b"\xaf\x00", b""])
                    kind = AUDIO if head[:1] == b"\xaf" else dice.choice([VIDEO, 22, 18])
                    body = head + dice.randbytes(dice.randrange(200))
                    client.media(kind, dice.randrange(1 << 32), body)
                client.writer.write_eof()
                await channel.takes[-1].end()

        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                for seed in SEEDS:
                    await one(server.port, seed, channel)
            assert len(channel.takes) == len(SEEDS)
            reasons = {take.ends[0].reason for take in channel.takes}
            assert reasons <= {
                EndReason.UNSUPPORTED_MEDIA,
                EndReason.PROTOCOL_ERROR,
                EndReason.CLOSED,
            }

        asyncio.run(scene())
        no_tracebacks(caplog)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (wire.chunks(3, b"\x00" + encode("connect", 1), kind=17), "AMF3"),
            (wire.chunks(3, b"\x00", kind=15), "AMF3"),
            (wire.chunks(3, encode("publish", 1, None, KEY), kind=COMMAND), "before connect"),
            (wire.chunks(3, encode(1, 2), kind=COMMAND), "without a command"),
            (wire.chunks(3, encode("connect", True), kind=COMMAND), "transaction"),
            (wire.chunks(4, pictures.AAC_HEADER, kind=AUDIO), "media before publish"),
            (wire.chunk(0, 3, length=70_000, kind=COMMAND), "70000 bytes"),
            (wire.chunks(7, b"\x08\x00\x00\x63", kind=22), "in the middle of a part"),
        ],
    )
    def test_violations_are_closed_with_a_line(
        self, data: bytes, why: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as client:
                await client.shake_hands()
                client.send(data)
                await client.closed()

        asyncio.run(scene())
        no_tracebacks(caplog)
        assert why in caplog.text
        assert "protocol_error" in caplog.text


class TestSilence:
    @pytest.mark.parametrize("sent", [b"", b"\x03", b"\x03" + bytes(1536)])
    def test_a_handshake_takes_only_so_long(self, sent: bytes) -> None:
        async def scene() -> None:
            limits = replace(BRISK, handshake_s=0.2)
            async with (
                serving(Channel(), limits=limits) as server,
                await Encoder.open(server.port) as client,
            ):
                client.send(sent)
                await client.closed()

        asyncio.run(scene())

    def test_publish_has_to_follow(self) -> None:
        async def scene() -> None:
            limits = replace(BRISK, publish_s=0.3)
            async with (
                serving(Channel(), limits=limits) as server,
                await Encoder.open(server.port) as client,
            ):
                await client.shake_hands()
                await client.connect()
                await client.closed()

        asyncio.run(scene())

    def test_who_never_reads_is_dropped(self, caplog: pytest.LogCaptureFixture) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as client:
                await client.shake_hands()
                await client.connect()
                client.writer.transport.pause_reading()  # type: ignore[attr-defined]
                ask = wire.chunks(3, encode("_checkbw", 1, None), kind=COMMAND) * 1000
                async with asyncio.timeout(10):
                    with contextlib.suppress(ConnectionError):
                        while "does not read" not in caplog.text:
                            client.send(ask)
                            await client.writer.drain()
                            await asyncio.sleep(0)
                assert "does not read" in caplog.text

        asyncio.run(scene())
        no_tracebacks(caplog)


class TestCrowds:
    def test_connections_beyond_the_limit_are_closed_and_others_stay(self) -> None:
        async def scene() -> None:
            limits = replace(BRISK, connections=2)
            channel = Channel()
            async with serving(channel, limits=limits) as server:
                first = await Encoder.open(server.port)
                second = await Encoder.open(server.port)
                await first.publish(KEY)
                await second.shake_hands()
                async with await Encoder.open(server.port) as third:
                    await third.closed()
                second.kill()
                await self._served(server.port)
                assert channel.take.ends == []
                first.kill()

        asyncio.run(scene())

    async def _served(self, port: int) -> None:
        async with asyncio.timeout(5):
            while True:
                async with await Encoder.open(port) as again:
                    again.send(b"\x03" + bytes(1536))
                    with contextlib.suppress(ConnectionError):
                        if await again.reader.read(1) == b"\x03":
                            return

    def test_those_who_leave_in_a_hurry(self, caplog: pytest.LogCaptureFixture) -> None:
        def hurry(port: int) -> None:
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", port)) as raw:
                    # Closes with a reset.
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        async def scene() -> None:
            async with serving(Channel()) as server:
                await asyncio.to_thread(hurry, server.port)
                async with await Encoder.open(server.port) as encoder:
                    await encoder.publish(KEY)

        asyncio.run(scene())
        no_tracebacks(caplog)
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    def test_plain_rtmp_on_the_tls_port(
        self, caplog: pytest.LogCaptureFixture, server_tls: ssl.SSLContext
    ) -> None:
        async def scene() -> None:
            async with (
                serving(Channel(), tls=server_tls) as server,
                await Encoder.open(server.port) as client,
            ):
                client.send(b"\x03" + bytes(1536))
                await client.closed()

        asyncio.run(scene())
        no_tracebacks(caplog)
