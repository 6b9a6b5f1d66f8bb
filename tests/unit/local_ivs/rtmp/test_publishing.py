"""What a scripted encoder sends, as its channel receives it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from infra.local.ivs.rtmp.media import Codec
from infra.local.ivs.rtmp.publisher import EndReason, FlvTag, PublishRequest
from tests.unit.local_ivs.rtmp import pictures, wire
from tests.unit.local_ivs.rtmp.channel import BRISK, KEY, Channel, Take, serving
from tests.unit.local_ivs.rtmp.encoder import AUDIO, DATA, FLASH_VERSION, VIDEO, Encoder


class TestPublishing:
    def test_tags_arrive_as_they_were_sent(self) -> None:
        async def scene() -> Take:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.data("@setDataFrame", "onMetaData", {"width": 320, "encoder": "obs"})
                encoder.data("onTextData", {"text": "ignored"})
                encoder.send(wire.chunks(5, b"\x02\x00\x01x\x11\x0a", kind=DATA))
                encoder.send_headers()
                encoder.media(VIDEO, 33, pictures.video_frame(keyframe=True))
                encoder.media(AUDIO, 40, pictures.AAC_FRAME)
                encoder.media(VIDEO, 33, pictures.video_frame(), form=1)
                encoder.media(VIDEO, 67, b"\x17\x02\x00\x00\x00")
                await channel.take.has(5)
            return channel.take

        take = asyncio.run(scene())
        assert take.request.app == "app"
        assert take.request.stream_key == KEY
        assert take.request.encoder == FLASH_VERSION
        assert take.request.client_address.startswith("127.0.0.1:")
        assert not take.request.secure
        assert KEY not in repr(take.request)
        assert take.claims == [{"width": 320.0, "encoder": "obs"}]
        video, audio = Codec.H264, Codec.AAC
        assert take.tags == [
            FlvTag(video, 0, pictures.video_header(), is_keyframe=True, is_sequence_header=True),
            FlvTag(audio, 0, pictures.AAC_HEADER, is_keyframe=False, is_sequence_header=True),
            FlvTag(video, 33, pictures.video_frame(keyframe=True), True, False),
            FlvTag(audio, 40, pictures.AAC_FRAME, is_keyframe=False, is_sequence_header=False),
            FlvTag(video, 66, pictures.video_frame(), is_keyframe=False, is_sequence_header=False),
        ]

    @pytest.mark.parametrize("repeats", [True, False], ids=["repeated", "left out"])
    @pytest.mark.parametrize("border", [1 << 24, 1 << 32], ids=["2^24", "2^32"])
    def test_whole_headers_across_a_border_of_timestamps(self, border: int, repeats: bool) -> None:
        times = [border - 400 + step for step in range(0, 800, 40)]

        async def scene() -> Take:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.send_headers()
                for number, time in enumerate(times):
                    # Larger than a chunk: continuing chunks have extended timestamps too.
                    frame = pictures.video_frame(bytes([0x41, number]) * 5000)
                    encoder.media(VIDEO, time % (1 << 32), frame, repeats_extended=repeats)
                    encoder.media(AUDIO, (time + 9) % (1 << 32), pictures.AAC_FRAME)
                await channel.take.has(2 + 2 * len(times))
            return channel.take

        take = asyncio.run(scene())
        assert take.times(Codec.H264)[1:] == list(range(0, 800, 40))
        assert take.times(Codec.AAC)[1:] == list(range(9, 809, 40))
        assert [tag.body[10] for tag in take.tags if tag.codec is Codec.H264][1:] == [*range(20)]
        assert take.request.connection.facts().timestamp_jumps == 0

    def test_a_clock_that_starts_again_is_reported_and_bridged(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def scene() -> Take:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.send_headers()
                for time in (0, 5000, 10_000, 14_000, 19_000, 0, 40):
                    encoder.media(VIDEO, time, pictures.video_frame(keyframe=True))
                await channel.take.has(9)
            return channel.take

        take = asyncio.run(scene())
        assert take.times(Codec.H264)[1:] == [0, 5000, 10_000, 14_000, 19_000, 19_000, 19_040]
        assert take.request.connection.facts().timestamp_jumps == 1
        assert "timestamps jumped to 0 ms; the stream goes on at 19000 ms" in caplog.text

    def test_frames_without_their_sequence_header_are_left_out(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.media(VIDEO, 0, pictures.video_frame(keyframe=True))
                encoder.media(AUDIO, 0, pictures.AAC_FRAME)
                encoder.media(VIDEO, 9, pictures.video_header())
                assert [tag.is_sequence_header for tag in await channel.take.has(1)] == [True]

        asyncio.run(scene())

    def test_aggregates_are_taken_apart(self) -> None:
        frame = pictures.AAC_FRAME
        part = bytes([AUDIO]) + len(frame).to_bytes(3) + b"%b\0\0\0\0" + frame + bytes(4)
        aggregate = part % (700).to_bytes(3) + part % (723).to_bytes(3)

        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.media(AUDIO, 0, pictures.AAC_HEADER)
                encoder.send(wire.chunks(7, aggregate, time=40, kind=22, chunk_bytes=4096))
                await channel.take.has(3)
            assert channel.take.times(Codec.AAC) == [0, 40, 63]

        asyncio.run(scene())

    def test_what_was_received_is_acknowledged(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.send(wire.chunks(2, (20_000).to_bytes(4), kind=5, stream=0))
                encoder.send_headers()
                for number in range(8):
                    encoder.media(VIDEO, number, pictures.video_frame(b"\x41" * 4000))
                acknowledged = await encoder.message(3)
                assert int.from_bytes(acknowledged.payload) >= 20_000

        asyncio.run(scene())

    def test_pings_are_answered(self) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as encoder:
                await encoder.shake_hands()
                await encoder.connect()
                encoder.send(wire.chunks(2, b"\x00\x06\x01\x02\x03\x04", kind=4, stream=0))
                assert (await encoder.message(4)).payload == b"\x00\x07\x01\x02\x03\x04"

        asyncio.run(scene())

    def test_unknown_commands_get_an_error_and_change_nothing(self) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as encoder:
                await encoder.shake_hands()
                await encoder.connect(objectEncoding=3, fourCcList=["av01", "hvc1"])
                encoder.command("getStreamLength", 7, None, KEY)
                name, _, _, info = await encoder.answer_to(7)
                assert name == "_error"
                assert isinstance(info, dict)
                assert info["code"] == "NetConnection.Call.Failed"
                encoder.command("_checkbw", 8, None)
                assert (await encoder.answer_to(8))[0] == "_result"

        asyncio.run(scene())

    def test_a_slow_channel_holds_the_encoder_back(self) -> None:
        class Stalled(Take):
            async def write(self, tag: FlvTag) -> None:
                await asyncio.Event().wait()

        takes: list[Stalled] = []

        def stalled(request: PublishRequest) -> Take:
            takes.append(Stalled(request))
            return takes[-1]

        async def scene() -> None:
            # Longer than the idle limit: time in `write` is not the encoder's.
            limits = replace(BRISK, idle_s=0.2)
            async with (
                serving(Channel(stalled), limits=limits) as server,
                await Encoder.open(server.port) as encoder,
            ):
                await encoder.publish(KEY)
                encoder.media(VIDEO, 0, pictures.video_header())
                frame = pictures.video_frame(bytes(1_000_000), keyframe=True)
                for number in range(20):
                    encoder.media(VIDEO, number, frame)
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(1):
                        await encoder.writer.drain()
                assert encoder.writer.transport.get_write_buffer_size() > 1_000_000
                assert takes[0].ends == []
                takes[0].request.connection.disconnect("enough")
                assert (await takes[0].end()).reason is EndReason.DISCONNECTED

        asyncio.run(scene())
