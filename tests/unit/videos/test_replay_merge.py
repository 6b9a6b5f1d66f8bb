"""Sessions put one behind the other: no rung has a hole, whatever each session had."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.videos.playlists import Segment, Variant
from socialflow.videos.replay_merge import (
    MASTER,
    Merged,
    RecordedSession,
    Rung,
    merge,
    recorded_session,
)
from tests.unit.videos.m3u8_check import Checked, check_master, check_media
from tests.unit.videos.recorded import a_recording


def a_rung(
    side: int,
    *,
    seconds: tuple[str, ...] = ("6", "4"),
    folder: str = "",
    cut_at: int = -1,
    **more: int,
) -> Rung:
    return Rung(
        variant=Variant(
            uri=f"{folder or f'{side}p30'}/playlist.m3u8",
            width=side * 16 // 9,
            height=side,
            bandwidth_bps=more.get("bandwidth_bps", side * 4000),
            codecs="avc1.4D401F,mp4a.40.2",
            frame_rate=Decimal(30),
        ),
        folder=folder or f"{side}p30",
        segments=tuple(
            Segment(uri=f"{place}.ts", duration_s=Decimal(each), is_cut=place == cut_at)
            for place, each in enumerate(seconds)
        ),
    )


def a_session(number: int, *rungs: Rung) -> RecordedSession:
    found = recorded_session(a_recording(number), rungs)
    assert found
    return found


def checked(merged: Merged) -> dict[str, Checked]:
    """Every media playlist that the master names, by name."""
    texts = merged.playlists()
    named = [each["uri"] for each in check_master(texts[MASTER])]
    assert {*named, MASTER} == set(texts)
    return {name: check_media(texts[name]) for name in named}


class TestOneSession:
    def test_a_recording_without_segments_is_none(self) -> None:
        assert recorded_session(a_recording(1), [a_rung(720, seconds=())]) is None

    def test_a_rung_without_segments_is_none(self) -> None:
        session = a_session(1, a_rung(720), a_rung(480, seconds=()))
        assert [rung.variant.short_side for rung in session.rungs] == [720]

    def test_of_two_rungs_of_a_size_the_better_counts(self) -> None:
        session = a_session(
            1,
            a_rung(720, folder="720p30"),
            a_rung(720, folder="720p60", bandwidth_bps=9_000_000),
            a_rung(720, folder="low", bandwidth_bps=100),
        )
        assert [rung.folder for rung in session.rungs] == ["720p60"]

    def test_a_portrait_is_named_by_its_shorter_side(self) -> None:
        variant = Variant(uri="a/playlist.m3u8", width=608, height=1080, bandwidth_bps=1)
        rung = Rung(variant=variant, folder="a", segments=a_rung(1).segments)
        assert set(merge([a_session(1, rung)]).playlists()) == {MASTER, "608p.m3u8"}

    def test_its_text_is_known_to_the_byte(self) -> None:
        texts = merge([a_session(1, a_rung(480, seconds=("6.006", "2.5")))]).playlists()
        assert texts == {
            MASTER: (
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n"
                "#EXT-X-STREAM-INF:BANDWIDTH=1920000,RESOLUTION=853x480,FRAME-RATE=30.000,"
                'CODECS="avc1.4D401F,mp4a.40.2"\n480p.m3u8\n'
            ),
            "480p.m3u8": (
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n"
                "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:00.000Z\n"
                "#EXTINF:6.006,\n1/480p30/0.ts\n#EXTINF:2.5,\n1/480p30/1.ts\n#EXT-X-ENDLIST\n"
            ),
        }


class TestSeveralSessions:
    def test_a_rung_that_one_lacks_falls_back_to_the_nearest(self) -> None:
        merged = merge(
            [
                a_session(1, a_rung(1080), a_rung(720), a_rung(160)),
                a_session(2, a_rung(720), a_rung(480)),
            ]
        )
        found = checked(merged)
        taken = {
            name: [uri.rpartition("/")[0] for uri in each.uris[::2]] for name, each in found.items()
        }
        assert taken == {
            "1080p.m3u8": ["1/1080p30", "2/720p30"],
            "720p.m3u8": ["1/720p30", "2/720p30"],
            "480p.m3u8": ["1/720p30", "2/480p30"],
            "160p.m3u8": ["1/160p30", "2/480p30"],
        }

    def test_of_two_as_near_the_lower_is_taken(self) -> None:
        merged = merge([a_session(1, a_rung(600)), a_session(2, a_rung(720), a_rung(480))])
        assert checked(merged)["600p.m3u8"].uris[2].startswith("2/480p30/")

    def test_what_a_rung_promises_covers_its_most_demanding_part(self) -> None:
        merged = merge([a_session(1, a_rung(160)), a_session(2, a_rung(720))])
        (high, low) = check_master(merged.playlists()[MASTER])
        assert (high["RESOLUTION"], low["RESOLUTION"]) == ("1280x720", "284x160")
        assert low["BANDWIDTH"] == high["BANDWIDTH"] == str(720 * 4000)

    def test_between_sessions_stands_a_cut_and_each_begins_with_its_time(self) -> None:
        merged = merge([a_session(number, a_rung(480, cut_at=0)) for number in (1, 2, 3)])
        found = checked(merged)["480p.m3u8"]
        assert found.cuts == [2, 4]
        assert found.dates == {
            0: "2026-11-21T08:00:00.000Z",
            2: "2026-11-21T08:01:00.000Z",
            4: "2026-11-21T08:02:00.000Z",
        }

    def test_a_cut_inside_a_recording_stays(self) -> None:
        merged = merge([a_session(1, a_rung(480, cut_at=1)), a_session(2, a_rung(480))])
        assert checked(merged)["480p.m3u8"].cuts == [1, 2]

    def test_where_sessions_lie_follows_from_their_segments(self) -> None:
        merged = merge(
            [a_session(1, a_rung(480, seconds=("6.006", "1.1"))), a_session(2, a_rung(480))]
        )
        assert [(each.offset_ms, each.duration_ms) for each in merged.sessions] == [
            (0, 7106),
            (7106, 10_000),
        ]
        assert merged.duration_ms == 17_106

    def test_codecs_of_all_parts_are_named_once(self) -> None:
        merged = merge([a_session(number, a_rung(480)) for number in (1, 2)])
        (variant,) = check_master(merged.playlists()[MASTER])
        assert variant["CODECS"] == '"avc1.4D401F,mp4a.40.2"'

    def test_every_segment_is_copied_once_from_where_it_lies(self) -> None:
        merged = merge(
            [a_session(1, a_rung(1080), a_rung(720)), a_session(2, a_rung(720))],
        )
        root = f"{a_recording(2).key_prefix}/media/hls"
        assert len(merged.copies) == 6
        assert merged.copies["2/720p30/1.ts"] == ("sf-recordings", f"{root}/720p30/1.ts")
        used = {uri for each in checked(merged).values() for uri in each.uris}
        assert used == set(merged.copies)


LADDERS = st.lists(
    st.lists(st.sampled_from([160, 360, 480, 720, 1080]), min_size=1, max_size=5, unique=True),
    min_size=1,
    max_size=5,
)


@given(LADDERS)
def test_whatever_rungs_sessions_have_every_rung_plays_all_of_them(
    ladders: list[list[int]],
) -> None:
    merged = merge(
        [
            a_session(number, *(a_rung(side) for side in ladder))
            for number, ladder in enumerate(ladders, start=1)
        ]
    )
    found = checked(merged)
    assert len(found) == len({side for ladder in ladders for side in ladder})
    for each in found.values():
        assert sum(each.durations) == pytest.approx(10 * len(ladders))
        assert [uri.split("/")[0] for uri in each.uris[::2]] == [
            str(number) for number in range(1, len(ladders) + 1)
        ]
        # RFC 8216, 6.2.4: discontinuities at the same places in all variants.
        assert each.cuts == [2 * number for number in range(1, len(ladders))]
