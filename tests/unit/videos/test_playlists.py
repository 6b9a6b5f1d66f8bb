"""Playlists: what IVS writes is read, what cannot be copied is refused, ours are to the byte."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from socialflow.videos.playlists import (
    Segment,
    UnreadablePlaylist,
    Variant,
    parse_master,
    parse_media,
    render_master,
    render_media,
)
from tests.unit.videos.m3u8_check import check_master, check_media
from tests.unit.videos.recorded import HD, master, playlist


class TestReadingAMaster:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<html>",
            "#EXTM3U8\n",
            "#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=1x1\na/playlist.m3u8\n",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=wide\na/playlist.m3u8\n",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=0x0\na/playlist.m3u8\n",
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=2x2,FRAME-RATE=NaN\na/p.m3u8\n",
        ],
    )
    def test_what_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadablePlaylist):
            parse_master(text)

    @pytest.mark.parametrize(
        "uri",
        [
            "../other/playlist.m3u8",
            "a/../../b.m3u8",
            "/etc/passwd",
            "https://example.com/p.m3u8",
            "a//b",
            "a/p.m3u8?x=1",
            ".hidden/p.m3u8",
        ],
    )
    def test_an_address_that_leads_elsewhere_is_refused(self, uri: str) -> None:
        with pytest.raises(UnreadablePlaylist):
            parse_master(f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=2x2\n{uri}\n")

    def test_what_has_no_picture_is_left_out(self) -> None:
        text = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\naudio_only/playlist.m3u8\n"
        assert parse_master(text + master(HD).partition("\n")[2]) == parse_master(master(HD))

    def test_every_rendition_of_ivs_is_read(self) -> None:
        first, *others = parse_master(master(HD))
        assert first == Variant(
            uri="720p30/playlist.m3u8",
            width=1280,
            height=720,
            bandwidth_bps=2_700_000,
            frame_rate=Decimal("30.000"),
            codecs="avc1.4D401F,mp4a.40.2",
        )
        assert [each.short_side for each in others] == [480, 160]

    def test_line_ends_and_marks_of_windows_do_no_harm(self) -> None:
        assert parse_master("\ufeff" + master(HD).replace("\n", "\r\n")) == parse_master(master(HD))


class TestReadingMedia:
    @pytest.mark.parametrize(
        "line",
        [
            '#EXT-X-MAP:URI="init.mp4"',
            '#EXT-X-KEY:METHOD=AES-128,URI="key"',
            "#EXT-X-BYTERANGE:100@0",
            "#EXTINF:soon,",
            "#EXTINF:Infinity,",
        ],
    )
    def test_segments_that_are_not_merely_copied_are_refused(self, line: str) -> None:
        with pytest.raises(UnreadablePlaylist):
            parse_media(f"#EXTM3U\n{line}\n#EXTINF:2,\n0.ts\n")

    def test_segments_of_no_length_are_left_out(self) -> None:
        found = parse_media(
            "#EXTM3U\n#EXTINF:0.000,\n0.ts\n1.ts\n#EXTINF:-1,\n2.ts\n#EXTINF:2,\n3.ts\n"
        )
        assert [each.uri for each in found] == ["3.ts"]

    def test_lengths_are_kept_to_the_digit(self) -> None:
        found = parse_media(playlist(["6.006", "5.9394"]))
        assert [str(each.duration_s) for each in found] == ["6.006", "5.9394"]

    def test_a_cut_belongs_to_the_segment_after_it(self) -> None:
        text = "#EXTM3U\n#EXTINF:2,\n0.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\n1.ts\n"
        assert [each.is_cut for each in parse_media(text)] == [False, True]


class TestWriting:
    def test_a_master(self) -> None:
        text = render_master(
            [
                Variant(
                    uri="720p.m3u8",
                    width=1280,
                    height=720,
                    bandwidth_bps=2_700_000,
                    average_bps=2_500_000,
                    frame_rate=Decimal("29.97"),
                    codecs="avc1.4D401F,mp4a.40.2",
                ),
                Variant(uri="160p.m3u8", width=284, height=160, bandwidth_bps=230_000),
            ]
        )
        assert text == (
            "#EXTM3U\n"
            "#EXT-X-VERSION:3\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2700000,AVERAGE-BANDWIDTH=2500000,RESOLUTION=1280x720,"
            'FRAME-RATE=29.970,CODECS="avc1.4D401F,mp4a.40.2"\n'
            "720p.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=230000,RESOLUTION=284x160\n"
            "160p.m3u8\n"
        )
        assert [each["uri"] for each in check_master(text)] == ["720p.m3u8", "160p.m3u8"]

    def test_media(self) -> None:
        starts_at = datetime(2026, 11, 21, 8, 0, 0, 40_000, tzinfo=UTC)
        text = render_media(
            [
                Segment(uri="1/a/0.ts", duration_s=Decimal("6.006"), starts_at=starts_at),
                Segment(uri="1/a/1.ts", duration_s=Decimal("0.5")),
                Segment(uri="2/b/0.ts", duration_s=Decimal("2"), is_cut=True),
            ]
        )
        assert text == (
            "#EXTM3U\n"
            "#EXT-X-VERSION:3\n"
            "#EXT-X-TARGETDURATION:6\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T08:00:00.040Z\n"
            "#EXTINF:6.006,\n"
            "1/a/0.ts\n"
            "#EXTINF:0.5,\n"
            "1/a/1.ts\n"
            "#EXT-X-DISCONTINUITY\n"
            "#EXTINF:2,\n"
            "2/b/0.ts\n"
            "#EXT-X-ENDLIST\n"
        )
        assert check_media(text).cuts == [2]

    @pytest.mark.parametrize(
        ("seconds", "target"), [("6.499", 6), ("6.5", 7), ("0.04", 1), ("10", 10)]
    )
    def test_the_target_is_the_longest_rounded(self, seconds: str, target: int) -> None:
        text = render_media([Segment(uri="0.ts", duration_s=Decimal(seconds))])
        assert check_media(text).target == target

    def test_a_gap_asks_for_version_8(self) -> None:
        segments = [Segment(uri="0.ts", duration_s=Decimal(2), is_missing=True)]
        text = render_media(segments)
        assert "#EXT-X-VERSION:8\n" in text
        assert check_media(text).gaps == [0]

    def test_what_is_written_reads_back(self) -> None:
        segments = parse_media(playlist(["6.006", "1E+1", "0.1"]))
        assert parse_media(render_media(segments)) == segments
