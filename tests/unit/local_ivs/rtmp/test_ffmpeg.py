"""A real encoder: ffmpeg publishes over RTMP and RTMPS, is refused, and is killed."""

from __future__ import annotations

import asyncio
import io
import signal
import ssl
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from infra.local.ivs.rtmp.flv import flv_header, flv_tag
from infra.local.ivs.rtmp.media import Codec
from infra.local.ivs.rtmp.publisher import EndReason, FlvTag
from infra.local.service.ffmpeg import find_ffmpeg
from tests.unit.local_ivs.rtmp import pictures
from tests.unit.local_ivs.rtmp.channel import BRISK, KEY, Channel, serving

FRAMES = 75
RATE = 25
AAC = ("-c:a", "aac")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(RATE), *AAC)


def sources(seconds: float, *, size: str = "320x180") -> Sequence[str]:
    picture = f"testsrc2=s={size}:r={RATE}:d={seconds}"
    return ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=d={seconds}")


@asynccontextmanager
async def ffmpeg(*arguments: str) -> AsyncIterator[Process]:
    """Running; killed at the end if it still is."""
    process = await asyncio.create_subprocess_exec(
        *(find_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", *arguments),
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def outcome(process: Process) -> tuple[int | None, str]:
    async with asyncio.timeout(20):
        _, complaints = await process.communicate()
    return process.returncode, complaints.decode(errors="replace")


def as_flv(tags: Sequence[FlvTag]) -> io.BytesIO:
    return io.BytesIO(flv_header() + b"".join(map(flv_tag, tags)))


def decoded(tags: Sequence[FlvTag]) -> tuple[int, int]:
    """How many pictures, and samples of sound, decode."""
    with av.open(as_flv(tags), "r", format="flv") as container:
        pictures_found = len(list(container.decode(video=0)))
    with av.open(as_flv(tags), "r", format="flv") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    return pictures_found, samples


class TestPublishing:
    @pytest.mark.parametrize("secure", [False, True], ids=["rtmp", "rtmps"])
    def test_every_frame_arrives_and_decodes(
        self, secure: bool, server_tls: ssl.SSLContext, certificate: Path
    ) -> None:
        channel = Channel()

        async def scene() -> None:
            tls = server_tls if secure else None
            trusting = ("-ca_file", str(certificate), "-tls_verify", "1") if secure else ()
            async with serving(channel, tls=tls) as server:
                url = f"rtmp{'s' if secure else ''}://localhost:{server.port}/app/{KEY}"
                made = (*sources(FRAMES / RATE), *H264, "-f", "flv", *trusting)
                async with ffmpeg(*made, url) as process:
                    assert await outcome(process) == (0, "")
                assert (await channel.take.end()).reason is EndReason.UNPUBLISHED

        asyncio.run(scene())
        take = channel.take
        assert take.request.secure is secure
        assert take.request.encoder.startswith("FMLE/3.0 (compatible; Lavf")
        frames, samples = decoded(take.tags)
        assert frames == FRAMES
        assert samples == pytest.approx(44100 * FRAMES / RATE, abs=3 * 1024)
        facts = take.request.connection.facts()
        assert facts.frames_received == FRAMES
        assert facts.keyframes_received == FRAMES / RATE
        assert facts.keyframe_interval_s == 1
        assert facts.timestamp_jumps == 0
        assert facts.video is not None
        assert (facts.video.width, facts.video.height) == (320, 180)
        assert facts.audio is not None
        assert (facts.audio.profile, facts.audio.sample_rate) == ("AAC-LC", 44100)
        (claims,) = take.claims
        assert (claims["width"], claims["framerate"]) == (320, RATE)

    @pytest.mark.parametrize("hours", [4.66, 596.523, 1193.046], ids=["2^24", "2^31", "2^32"])
    def test_it_publishes_across_a_border_of_timestamps(self, hours: float) -> None:
        channel = Channel()

        async def scene() -> None:
            async with serving(channel) as server:
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                offset = str(hours * 3600)
                made = (*sources(3), *H264, "-output_ts_offset", offset)
                async with ffmpeg(*made, "-f", "flv", url) as process:
                    assert await outcome(process) == (0, "")
                await channel.take.end()

        asyncio.run(scene())
        take = channel.take
        assert decoded(take.tags)[0] == FRAMES
        times = take.times(Codec.H264)
        assert times[1:] == list(range(times[1], times[1] + FRAMES * 40, 40))
        assert times[1] < 100
        assert take.request.connection.facts().timestamp_jumps == 0

    def test_b_frames_keep_their_order(self) -> None:
        channel = Channel()

        async def scene() -> None:
            async with serving(channel) as server:
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                made = (*sources(2), "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", *AAC)
                async with ffmpeg(*made, "-pix_fmt", "yuv420p", "-f", "flv", url) as process:
                    assert await outcome(process) == (0, "")
                await channel.take.end()

        asyncio.run(scene())
        with av.open(as_flv(channel.take.tags), "r", format="flv") as container:
            times = [frame.pts for frame in container.decode(video=0) if frame.pts is not None]
        assert len(times) == 2 * RATE
        assert times == sorted(times)


class TestRefusals:
    def test_a_wrong_key_ends_it_with_the_reason(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                url = f"rtmp://localhost:{server.port}/app/sk_rotated"
                async with ffmpeg(*sources(2), *H264, "-f", "flv", url) as process:
                    code, complaints = await outcome(process)
            assert code != 0
            assert "Server error: The stream key is not valid." in complaints
            assert channel.takes == []

        asyncio.run(scene())

    def test_a_second_one_is_refused_and_the_first_goes_on(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                made = (*sources(30), *H264, "-f", "flv")
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                async with ffmpeg("-re", *made, url):
                    await asyncio.wait_for(_taken(channel, 10), 10)
                    async with ffmpeg(*made, url) as second:
                        code, complaints = await outcome(second)
                    await channel.take.has(len(channel.take.tags) + 10)
            assert code != 0
            assert "Server error: The channel is live already." in complaints

        asyncio.run(scene())

    @pytest.mark.parametrize(
        ("codecs", "size", "why"),
        [
            (("-c:v", "flv", *AAC), "320x180", "Sorenson H.263"),
            (("-c:v", "libvpx-vp9", "-deadline", "realtime", *AAC), "320x180", "vp09"),
            ((*H264, "-c:a", "libmp3lame"), "320x180", "MP3"),
            (H264, "2560x1440", "2560x1440"),
        ],
    )
    def test_other_media_ends_it_with_the_reason(
        self, codecs: Sequence[str], size: str, why: str
    ) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                made = (*sources(20, size=size), *codecs, "-f", "flv")
                async with ffmpeg("-re", *made, url) as process:
                    code, _ = await outcome(process)
                ended = await channel.take.end()
            assert code != 0
            assert ended.reason is EndReason.UNSUPPORTED_MEDIA
            assert why in ended.detail

        asyncio.run(scene())


class TestEnds:
    @pytest.mark.parametrize(
        ("death", "reason"),
        [(signal.SIGKILL, EndReason.CLOSED), (signal.SIGSTOP, EndReason.IDLE)],
        ids=["killed", "half-open"],
    )
    def test_it_goes_without_a_word(self, death: signal.Signals, reason: EndReason) -> None:
        async def scene() -> None:
            channel = Channel()
            limits = replace(BRISK, idle_s=1)
            async with serving(channel, limits=limits) as server:
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                async with ffmpeg("-re", *sources(30), *H264, "-f", "flv", url) as process:
                    await asyncio.wait_for(_taken(channel, 10), 10)
                    process.send_signal(death)
                    async with asyncio.timeout(3):
                        assert (await channel.take.end()).reason is reason

        asyncio.run(scene())

    def test_the_channel_stops_it(self) -> None:
        async def scene() -> None:
            channel = Channel()
            async with serving(channel) as server:
                url = f"rtmp://localhost:{server.port}/app/{KEY}"
                async with ffmpeg("-re", *sources(30), *H264, "-f", "flv", url) as process:
                    await asyncio.wait_for(_taken(channel, 10), 10)
                    channel.take.request.connection.disconnect("The broadcast was ended.")
                    code, _ = await outcome(process)
                assert code != 0
                assert (await channel.take.end()).reason is EndReason.DISCONNECTED

        asyncio.run(scene())


async def _taken(channel: Channel, count: int) -> None:
    """Returns once the channel's publication has so many tags."""
    while not channel.takes:
        await asyncio.sleep(0.01)
    await channel.take.has(count)


class TestFlv:
    @pytest.mark.parametrize("time_ms", [0, 1, (1 << 24) - 1, 1 << 24, 48 * 3_600_000])
    def test_timestamps_of_32_bits_read_back(self, time_ms: int) -> None:
        body = pictures.AAC_FRAME
        tags = [
            FlvTag(Codec.AAC, time_ms, pictures.AAC_HEADER, False, True),
            FlvTag(Codec.AAC, time_ms, body, False, False),
        ]
        data = io.BytesIO(flv_header(video=False) + b"".join(map(flv_tag, tags)))
        with av.open(data, "r", format="flv") as container:
            packet = next(iter(container.demux(audio=0)))
        assert packet.pts == time_ms
        assert bytes(packet) == body[2:]
        assert packet.time_base == Fraction(1, 1000)

    def test_what_does_not_fit_is_refused(self) -> None:
        with pytest.raises(OverflowError):
            flv_tag(FlvTag(Codec.AAC, 1 << 32, b"", False, False))
