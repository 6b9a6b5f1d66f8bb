"""How a publication ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from infra.local.ivs.rtmp.publisher import Ended, EndReason, FlvTag, PublishRequest
from tests.unit.local_ivs.rtmp import pictures, wire
from tests.unit.local_ivs.rtmp.channel import BRISK, KEY, Channel, Take, serving
from tests.unit.local_ivs.rtmp.encoder import AUDIO, Encoder


class TestEnds:
    @pytest.mark.parametrize("command", ["FCUnpublish", "deleteStream", "closeStream"])
    def test_the_encoder_says_so(self, command: str) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.send_headers()
                encoder.command(command, 7, None, KEY)
                assert await encoder.status() == "NetStream.Unpublish.Success"
                await encoder.closed()
                assert (await channel.take.end()).reason is EndReason.UNPUBLISHED
            assert len(channel.take.tags) == 2

        asyncio.run(scene())

    def test_the_connection_breaks(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.kill()
                assert (await channel.take.end()).reason is EndReason.CLOSED

        asyncio.run(scene())

    @pytest.mark.parametrize("pings", [False, True])
    def test_a_half_open_connection_is_given_up(self, pings: bool) -> None:
        async def scene() -> None:
            channel = Channel()
            limits = replace(BRISK, idle_s=0.4)
            async with (
                serving(channel, limits=limits) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                encoder.send_headers()
                ending = asyncio.create_task(channel.take.end())
                while pings and not ending.done():
                    # Bytes that are no media keep nobody alive.
                    encoder.send(wire.chunks(2, b"\x00\x06\x01\x02\x03\x04", kind=4, stream=0))
                    await asyncio.wait({ending}, timeout=0.05)
                assert (await ending).reason is EndReason.IDLE

        asyncio.run(scene())

    def test_the_channel_disconnects(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                connection = channel.take.request.connection
                connection.disconnect("The stream key was rotated.")
                connection.disconnect("Again.")
                assert await encoder.status() == "NetStream.Publish.Rejected"
                await encoder.closed()
                ended = await channel.take.end()
                assert ended.reason is EndReason.DISCONNECTED
                assert ended.detail == "The stream key was rotated."
                connection.disconnect("After the end.")

        asyncio.run(scene())

    def test_a_write_under_way_is_let_finish_and_none_follows(self) -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        class Starting(Take):
            async def write(self, tag: FlvTag) -> None:
                begun.set()
                await go_on.wait()
                await super().write(tag)

        takes: list[Starting] = []

        def starting(request: PublishRequest) -> Take:
            takes.append(Starting(request))
            return takes[-1]

        async def scene() -> None:
            async with (
                serving(Channel(starting), limits=replace(BRISK, close_s=5)) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                encoder.send_headers()
                await asyncio.wait_for(begun.wait(), 5)
                takes[0].request.connection.disconnect("over")
                for _ in range(10):  # turns of the loop, until the session has noticed
                    await asyncio.sleep(0)
                go_on.set()
                ended = await takes[0].end()
            assert ended.reason is EndReason.DISCONNECTED
            assert len(takes[0].tags) == 1

        asyncio.run(scene())

    def test_the_encoder_is_let_go_before_the_channel_has_wound_up(self) -> None:
        wound_up = asyncio.Event()

        class Slow(Take):
            async def ended(self, ended: Ended) -> None:
                await wound_up.wait()
                await super().ended(ended)

        takes: list[Slow] = []

        def slow(request: PublishRequest) -> Take:
            takes.append(Slow(request))
            return takes[-1]

        async def scene() -> None:
            async with (
                serving(Channel(slow)) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                takes[0].request.connection.disconnect("over")
                await encoder.closed()
                assert takes[0].ends == []
                wound_up.set()
                await takes[0].end()

        asyncio.run(scene())

    def test_the_server_stops(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                encoder = await Encoder.open(server.port)
                await encoder.publish(KEY)
                await server.stop()
                assert [each.reason for each in channel.take.ends] == [EndReason.SERVER_STOPPED]
                assert await encoder.status() == "NetStream.Failed"
                encoder.kill()

        asyncio.run(scene())

    def test_the_channel_fails(self) -> None:
        class Failing(Take):
            async def metadata(self, values: Mapping[str, object]) -> None:
                raise BrokenPipeError("the transcoder is gone")

        takes: list[Failing] = []

        def failing(request: PublishRequest) -> Take:
            takes.append(Failing(request))
            return takes[-1]

        async def scene() -> None:
            async with (
                serving(Channel(failing)) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                encoder.data("@setDataFrame", "onMetaData", {})
                assert await encoder.status() == "NetStream.Failed"
                ended = await takes[0].end()
                assert ended.reason is EndReason.FAILED

        asyncio.run(scene())

    def test_a_fault_of_the_session_itself(self, caplog: pytest.LogCaptureFixture) -> None:
        def broken(size: int) -> bytes:
            raise RuntimeError("no randomness")

        async def scene() -> None:
            async with (
                serving(Channel(), random_bytes=broken) as server,
                await Encoder.open(server.port) as encoder,
            ):
                encoder.send(b"\x03" + bytes(1536))
                await encoder.closed()

        asyncio.run(scene())
        assert "the session failed" in caplog.text

    @pytest.mark.parametrize(
        ("limit", "step_ms"), [(0.3, 0), (48 * 3600, 14_000)], ids=["of the wall", "of its own"]
    )
    def test_the_longest_stream(self, limit: float, step_ms: int) -> None:
        async def scene() -> None:
            channel = Channel()
            limits = replace(BRISK, session_s=limit, idle_s=0.8)
            async with (
                serving(channel, limits=limits) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                encoder.send_headers()
                for _ in range(48 * 3600 // 14 + 3):
                    encoder.media(AUDIO, step_ms, pictures.AAC_FRAME, form=1)
                assert (await channel.take.end()).reason is EndReason.TOO_LONG

        asyncio.run(scene())
