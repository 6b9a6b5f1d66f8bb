"""What MediaConvert reports about a job, read from the `detail` of its EventBridge events.

Pure and forgiving of extra fields: AWS adds some without notice. Shapes: MediaConvert user guide,
"List of MediaConvert EventBridge events" and "Output file names and paths". CMAF outputs list no
segment paths, only their sizes; frame captures list the last file written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from socialflow.videos.ladder import nominal_bitrate_bps
from socialflow.videos.models import Rendition

__all__ = [
    "TranscodeResult",
    "UnreadableTranscodeEvent",
    "parse_complete",
    "parse_progress_percent",
]

_CAPTURE = re.compile(r"/(?P<name>poster|frames)\.(?P<number>\d{7,})\.jpg$")


class UnreadableTranscodeEvent(ValueError):
    """A COMPLETE event without what every job of ours writes: its manifests and renditions."""


@dataclass(frozen=True, slots=True)
class TranscodeResult:
    """What a finished job left in the media bucket. Keys have no bucket and no leading slash.

    `storyboard_frame_count` is 0 for a preview; `storyboard_interval_s` is what the job was asked
    for, None if the event does not say. `renditions` are lowest first.
    """

    hls_key: str
    dash_key: str
    poster_key: str | None
    storyboard_frame_count: int
    duration_ms: int
    renditions: tuple[Rendition, ...]
    storyboard_interval_s: int | None = None


def parse_complete(detail: Mapping[str, Any]) -> TranscodeResult:
    """Read the detail of a COMPLETE event.

    A rendition whose average bitrate is not reported carries its nominal peak. Raises
    `UnreadableTranscodeEvent` when manifests or renditions are missing.
    """
    groups: list[Mapping[str, Any]] = list(detail.get("outputGroupDetails") or [])
    manifests = [path for group in groups for path in group.get("playlistFilePaths") or []]
    hls = next((path for path in manifests if path.endswith(".m3u8")), None)
    dash = next((path for path in manifests if path.endswith(".mpd")), None)
    streams = [
        output
        for group in groups
        if group.get("type") == "CMAF_GROUP"
        for output in group.get("outputDetails") or []
    ]
    renditions = tuple(sorted(_renditions(streams), key=lambda one: one.width * one.height))
    if hls is None or dash is None or not renditions:
        raise UnreadableTranscodeEvent(f"job {detail.get('jobId')}: manifests {manifests}")
    captures = dict(_last_captures(groups))
    return TranscodeResult(
        hls_key=_key(hls),
        dash_key=_key(dash),
        poster_key=captures["poster"][0] if "poster" in captures else None,
        storyboard_frame_count=captures["frames"][1] + 1 if "frames" in captures else 0,
        duration_ms=max((int(output.get("durationInMs") or 0) for output in streams), default=0),
        renditions=renditions,
        storyboard_interval_s=_interval_s(detail.get("userMetadata") or {}),
    )


def parse_progress_percent(detail: Mapping[str, Any]) -> int | None:
    """0 to 100 from a STATUS_UPDATE event; None when the job does not know yet."""
    percent = (detail.get("jobProgress") or {}).get("jobPercentComplete")
    return None if percent is None else max(0, min(100, int(percent)))


def _renditions(streams: list[Mapping[str, Any]]) -> Iterator[Rendition]:
    for output in streams:
        video = output.get("videoDetails") or {}
        width, height = int(video.get("widthInPx") or 0), int(video.get("heightInPx") or 0)
        if width and height:
            average = int(video.get("averageBitrate") or 0)
            nominal = nominal_bitrate_bps(width, height, Fraction(30))
            yield Rendition(width=width, height=height, bitrate_bps=average or nominal)


def _last_captures(groups: list[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, int]]]:
    for group in groups:
        for output in group.get("outputDetails") or []:
            for path in output.get("outputFilePaths") or []:
                if match := _CAPTURE.search(path):
                    yield match["name"], (_key(path), int(match["number"]))


def _interval_s(metadata: Mapping[str, str]) -> int | None:
    value = metadata.get("storyboard_interval_s", "")
    return int(value) if value.isdecimal() and int(value) > 0 else None


def _key(path: str) -> str:
    return path.removeprefix("s3://").partition("/")[2]
