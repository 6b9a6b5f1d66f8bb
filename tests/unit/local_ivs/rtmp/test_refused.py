"""Who may not publish, and what is not taken."""

from __future__ import annotations

import asyncio

import pytest

from infra.local.ivs.rtmp.publisher import EndReason, PublishRequest
from tests.unit.local_ivs.rtmp import pictures
from tests.unit.local_ivs.rtmp.channel import KEY, Channel, Take, serving
from tests.unit.local_ivs.rtmp.encoder import AUDIO, VIDEO, Encoder


class TestRefusals:
    @pytest.mark.parametrize("key", ["sk_eu-west-1_other", "k" * 600, ""])
    def test_a_wrong_key_is_denied_and_the_connection_closed(self, key: str) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                assert await encoder.ask_to_publish(key) == "NetStream.Publish.Denied"
                await encoder.closed()
            assert channel.takes == []

        asyncio.run(scene())

    def test_a_second_encoder_is_told_that_the_name_is_taken(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as first:
                await first.publish(KEY)
                async with await Encoder.open(server.port) as second:
                    assert await second.ask_to_publish(KEY) == "NetStream.Publish.BadName"
                    await second.closed()
                first.send_headers()
                await channel.take.has(2)
                assert channel.take.ends == []

        asyncio.run(scene())

    def test_an_error_of_the_channel_is_a_failure_on_the_wire(self) -> None:
        def fail(request: PublishRequest) -> Take:
            raise RuntimeError("no room")

        async def scene() -> None:
            async with (
                serving(Channel(fail)) as server,
                await Encoder.open(server.port) as encoder,
            ):
                assert await encoder.ask_to_publish(KEY) == "NetStream.Failed"
                await encoder.closed()

        asyncio.run(scene())

    def test_nothing_is_played(self) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as player:
                await player.shake_hands()
                await player.connect()
                player.command("createStream", 2, None)
                player.command("play", 0, None, KEY, stream=1)
                assert await player.status() == "NetStream.Play.Failed"
                await player.closed()

        asyncio.run(scene())

    def test_a_url_without_application_is_rejected(self) -> None:
        async def scene() -> None:
            async with serving(Channel()) as server, await Encoder.open(server.port) as encoder:
                await encoder.shake_hands()
                name, _, _, info = await encoder.connect(app="")
                assert name == "_error"
                assert isinstance(info, dict)
                assert info["code"] == "NetConnection.Connect.Rejected"
                await encoder.closed()

        asyncio.run(scene())

    @pytest.mark.parametrize(
        ("kind", "body", "names"),
        [
            (VIDEO, b"\x90hvc1\x01", "hvc1"),
            (VIDEO, b"\x90\x00\x01\x02\x03", "enhanced RTMP video"),
            (VIDEO, b"\x22rest", "Sorenson H.263"),
            (VIDEO, b"\x24rest", "VP6"),
            (VIDEO, b"\x1crest", "HEVC"),
            (VIDEO, b"\x17\x00", "ends in its header"),
            (VIDEO, b"\x17\x00\x00\x00\x00\x01\x64\x00\x1f\xff\xe0", "sequence header"),
            (AUDIO, b"\x2frest", "MP3"),
            (AUDIO, b"\x90Opus", "enhanced RTMP audio (Opus)"),
            (AUDIO, b"\xaf\x00\xff", "cannot be read"),
            (VIDEO, pictures.video_header(3840, 2160), "3840x2160"),
            (VIDEO, pictures.video_header(1090, 1100), "1090x1100"),
        ],
    )
    def test_other_media_is_rejected_by_name(self, kind: int, body: bytes, names: str) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.media(kind, 0, body)
                info = (await encoder.call("onStatus"))[3]
                assert isinstance(info, dict)
                assert info["code"] == "NetStream.Publish.Rejected"
                assert names in str(info["description"])
                ended = await channel.take.end()
                await encoder.closed()
            assert ended.reason is EndReason.UNSUPPORTED_MEDIA
            assert names in ended.detail
            assert channel.take.tags == []

        asyncio.run(scene())

    def test_a_picture_that_grows_inside_a_frame_is_rejected(self) -> None:
        large, _ = pictures.parameter_sets(3840, 2160)

        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server, await Encoder.open(server.port) as encoder:
                await encoder.publish(KEY)
                encoder.send_headers()
                encoder.media(VIDEO, 40, pictures.video_frame(large, b"\x65slice", keyframe=False))
                assert (await channel.take.end()).reason is EndReason.UNSUPPORTED_MEDIA
            assert len(channel.take.tags) == 2
            found = channel.take.request.connection.facts().video
            assert found is not None
            assert (found.width, found.height) == (3840, 2160)

        asyncio.run(scene())
