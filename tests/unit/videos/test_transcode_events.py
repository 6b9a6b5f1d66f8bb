"""Reading MediaConvert's events; the COMPLETE shape is the one of its user guide."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.videos.models import Rendition
from socialflow.videos.transcode_events import (
    UnreadableTranscodeEvent,
    parse_complete,
    parse_progress_percent,
)

PREFIX = "s3://media/media/public/vid_1/a1"


def a_complete_detail() -> dict[str, Any]:
    return {
        "status": "COMPLETE",
        "jobId": "1671476818694-phptj0",
        "paddingInserted": 0,
        "userMetadata": {"storyboard_interval_s": "2"},
        "outputGroupDetails": [
            {
                "type": "CMAF_GROUP",
                "playlistFilePaths": [f"{PREFIX}/stream.mpd", f"{PREFIX}/stream.m3u8"],
                "outputDetails": [
                    {
                        "durationInMs": 30041,
                        "videoDetails": {
                            "widthInPx": 1280,
                            "heightInPx": 720,
                            "averageBitrate": 1_234_567,
                        },
                    },
                    {
                        "durationInMs": 30041,
                        "videoDetails": {"widthInPx": 640, "heightInPx": 360},
                    },
                    {"durationInMs": 30050},
                ],
            },
            {
                "type": "FILE_GROUP",
                "outputDetails": [{"outputFilePaths": [f"{PREFIX}/poster.0000001.jpg"]}],
            },
            {
                "type": "FILE_GROUP",
                "outputDetails": [
                    {
                        "outputFilePaths": [f"{PREFIX}/frames.0000029.jpg"],
                        "videoDetails": {"widthInPx": 160, "heightInPx": 90},
                    }
                ],
            },
        ],
    }


class TestComplete:
    def test_without_manifests_is_unreadable(self) -> None:
        detail = a_complete_detail()
        detail["outputGroupDetails"][0]["playlistFilePaths"] = []
        with pytest.raises(UnreadableTranscodeEvent):
            parse_complete(detail)

    def test_without_anything_is_unreadable(self) -> None:
        with pytest.raises(UnreadableTranscodeEvent):
            parse_complete({"status": "COMPLETE"})

    def test_names_what_was_written(self) -> None:
        result = parse_complete(a_complete_detail())
        assert result.hls_key == "media/public/vid_1/a1/stream.m3u8"
        assert result.dash_key == "media/public/vid_1/a1/stream.mpd"
        assert result.poster_key == "media/public/vid_1/a1/poster.0000001.jpg"
        assert result.storyboard_frame_count == 30
        assert result.storyboard_interval_s == 2
        assert result.duration_ms == 30050

    def test_an_event_that_does_not_say_the_interval(self) -> None:
        for metadata in ({}, {"storyboard_interval_s": "soon"}):
            result = parse_complete({**a_complete_detail(), "userMetadata": metadata})
            assert result.storyboard_interval_s is None

    def test_renditions_come_lowest_first_with_a_bitrate_each(self) -> None:
        low, high = parse_complete(a_complete_detail()).renditions
        assert high == Rendition(width=1280, height=720, bitrate_bps=1_234_567)
        assert (low.width, low.height) == (640, 360)
        assert low.bitrate_bps == 800_000

    def test_a_preview_has_no_storyboard(self) -> None:
        detail = a_complete_detail()
        del detail["outputGroupDetails"][2]
        assert parse_complete(detail).storyboard_frame_count == 0


class TestProgress:
    @pytest.mark.parametrize(
        ("detail", "percent"),
        [
            ({}, None),
            ({"jobProgress": {"phaseProgress": {}}}, None),
            ({"jobProgress": {"jobPercentComplete": 0}}, 0),
            ({"jobProgress": {"jobPercentComplete": 37}}, 37),
            ({"jobProgress": {"jobPercentComplete": 120}}, 100),
        ],
    )
    def test_is_a_percentage_or_unknown(self, detail: dict[str, Any], percent: int | None) -> None:
        assert parse_progress_percent(detail) == percent
