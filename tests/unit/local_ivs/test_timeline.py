"""Segments, parts and playlists, from fragments made by hand."""

from __future__ import annotations

import asyncio
import re

import pytest

from infra.local.ivs.fragments import Fragment, Initialization, read_fragments
from infra.local.ivs.timeline import Timeline, TimelineShape

pytestmark = pytest.mark.anyio
SHAPE = TimelineShape(segment=1.0, part=0.5, part_target=0.54, window=4, kept=6)
INIT = Initialization(b"init", 1000, "avc1.42c01f")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def fragment(starts_at: float, *, key: bool = False, duration: float = 0.25) -> Fragment:
    return Fragment(f"<{starts_at}>".encode(), starts_at, duration, key)


async def filled(seconds: int) -> Timeline:
    """Whole segments of a second, and the first half of the next."""
    timeline = Timeline("720p30", SHAPE)
    await timeline.begin_run(INIT, 1_800_000_000.0)
    for quarter in range(4 * seconds + 2):
        await timeline.add(fragment(quarter / 4, key=quarter % 4 == 0))
    return timeline


async def test_parts_follow_the_grid_and_segments_the_keyframes() -> None:
    timeline = await filled(2)
    assert timeline.edge == (2, 0)
    assert timeline.part(0, 0) == b"<0.0><0.25>"
    assert timeline.segment(1) == b"<1.0><1.25><1.5><1.75>"
    assert timeline.segment(2) is None
    assert timeline.part(2, 0) == b"<2.0><2.25>"
    assert timeline.part(2, 1) is None
    assert timeline.init(0) == b"init"


async def test_the_playlist_says_it_all() -> None:
    text = (await filled(2)).playlist()
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-TARGETDURATION:1",
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.62,HOLD-BACK=3",
        "#EXT-X-PART-INF:PART-TARGET=0.54",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="720p30/init-0.mp4"',
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z",
        '#EXT-X-PART:DURATION=0.50000,URI="720p30/0.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.50000,URI="720p30/0.1.m4s"',
        "#EXTINF:1.00000,",
        "720p30/0.m4s",
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:01.000Z",
        '#EXT-X-PART:DURATION=0.50000,URI="720p30/1.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.50000,URI="720p30/1.1.m4s"',
        "#EXTINF:1.00000,",
        "720p30/1.m4s",
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:02.000Z",
        '#EXT-X-PART:DURATION=0.50000,URI="720p30/2.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="720p30/2.1.m4s"',
    ]


async def test_what_is_old_leaves_the_list_first_and_memory_later() -> None:
    timeline = await filled(10)
    text = timeline.playlist()
    assert "#EXT-X-MEDIA-SEQUENCE:7\n" in text
    assert re.findall(r"^720p30/(\d+)\.m4s$", text, re.MULTILINE) == ["7", "8", "9"]
    assert timeline.segment(6) is not None
    assert timeline.segment(4) is None


async def test_waiting_ends_when_the_part_is_there() -> None:
    timeline = await filled(1)
    waiting = asyncio.create_task(timeline.wait_for(1, 1, 10))
    await asyncio.sleep(0)
    assert not waiting.done()
    await timeline.add(fragment(1.5))
    await timeline.add(fragment(1.75))
    await asyncio.wait_for(waiting, 1)
    assert timeline.edge == (1, 1)


async def test_waiting_for_a_whole_segment_ends_with_the_next_keyframe() -> None:
    timeline = await filled(1)
    waiting = asyncio.create_task(timeline.wait_for(1, None, 10))
    for at in (1.5, 1.75):
        await timeline.add(fragment(at))
    await asyncio.sleep(0)
    assert not waiting.done()
    await timeline.add(fragment(2.0, key=True))
    await asyncio.wait_for(waiting, 1)


async def test_waiting_ends_with_the_stream_or_the_patience() -> None:
    timeline = await filled(1)
    await asyncio.wait_for(timeline.wait_for(9, 0, 0.01), 1)
    waiting = asyncio.create_task(timeline.wait_for(9, 0, 10))
    await asyncio.sleep(0)
    await timeline.end()
    await asyncio.wait_for(waiting, 1)
    assert timeline.playlist().endswith("720p30/1.m4s\n#EXT-X-ENDLIST\n")


async def test_another_encoder_is_a_discontinuity_with_its_own_start() -> None:
    timeline = await filled(1)
    await timeline.begin_run(Initialization(b"other", 1000, "avc1.42c01f"), 1_800_000_050.0)
    for quarter in range(5):
        await timeline.add(fragment(quarter / 4, key=quarter % 4 == 0))
    text = timeline.playlist()
    cut = text.index("#EXT-X-DISCONTINUITY\n")
    assert '#EXT-X-MAP:URI="720p30/init-1.mp4"' in text[cut:]
    assert "2027-01-15T08:00:50.000Z" in text[cut:]
    assert timeline.init(1) == b"other"
    for quarter in range(5, 40):
        await timeline.add(fragment(quarter / 4, key=quarter % 4 == 0))
    # It has left the list, and players must still count it.
    assert "#EXT-X-DISCONTINUITY\n" not in timeline.playlist()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in timeline.playlist()
    assert timeline.init(0) is None


class TestHostileFragments:
    @pytest.mark.parametrize(
        "data",
        [
            b"\x00\x00\x00\x07moov",
            b"\xff\xff\xff\xffmoov",
            b"\x00\x00\x00\x10mdat" + bytes(8),
            b"\x00\x00\x00\x10moov\x00\x00\x00\x20trak",
        ],
    )
    async def test_are_refused(self, data: bytes) -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        with pytest.raises(ValueError, match=r"box|media|no "):
            await anext(read_fragments(reader))

    async def test_a_cut_off_pipe_just_ends(self) -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"\x00\x00\x00\x20ftypiso5")
        reader.feed_eof()
        assert [one async for one in read_fragments(reader)] == []
