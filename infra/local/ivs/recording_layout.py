"""Names and documents of a recording, as the IVS user guide lays them out ("Auto-Record to S3").

What differs: no byte-range playlists are written, and so none are named.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from infra.local.ivs.ladder import Rung
from infra.local.ivs.sessions import Recording, wire_time

__all__ = [
    "HLS",
    "LATEST_THUMBNAIL",
    "THUMBNAILS",
    "RecordedSegment",
    "master_playlist",
    "media_playlist",
    "metadata_document",
    "recording_prefix",
    "stream_line",
]

HLS = "media/hls"
THUMBNAILS = "media/thumbnails"
LATEST_THUMBNAIL = "media/latest_thumbnail/thumb.jpg"
_SOUND_BPS = 192_000


@dataclass(frozen=True, slots=True)
class RecordedSegment:
    """`run` tells encoders apart: between two of them clocks start anew."""

    name: str
    seconds: float
    run: int


def recording_prefix(account_id: str, channel_id: str, recording_id: str, now: float) -> str:
    """Where a recording that starts `now` goes; numbers without leading zeros, as AWS has them."""
    at = dt.datetime.fromtimestamp(now, dt.UTC)
    return (
        f"ivs/v1/{account_id}/{channel_id}/{at.year}/{at.month}/{at.day}/{at.hour}/{at.minute}"
        f"/{recording_id}"
    )


def metadata_document(
    channel_arn: str, recording: Recording, status: str, *, ended_at: float | None, message: str
) -> bytes:
    """`events/recording-started.json` and its like."""
    hls: dict[str, Any] = {
        "path": HLS,
        "playlist": "master.m3u8",
        "renditions": [
            {
                "path": rung.name,
                "playlist": "playlist.m3u8",
                "resolution_height": rung.height,
                "resolution_width": rung.width,
            }
            for rung in recording.rungs
        ],
    }
    document: dict[str, Any] = {
        "version": "v1",
        "channel_arn": channel_arn,
        "recording_started_at": wire_time(recording.started_at),
        "recording_status": status,
        "media": {"hls": hls},
    }
    if ended_at is not None:
        document["recording_ended_at"] = wire_time(ended_at)
        hls["duration_ms"] = recording.duration_ms
    if message:
        document["recording_status_message"] = message
    if stills := recording.thumbnails:
        size = {"resolution_height": stills["height"], "resolution_width": stills["width"]}
        document["media"]["thumbnails"] = {"path": THUMBNAILS, **size}
        if stills["latest"]:
            document["media"]["latest_thumbnail"] = {"path": LATEST_THUMBNAIL, **size}
    return json.dumps(document).encode()


def media_playlist(segments: list[RecordedSegment]) -> str:
    """A finished rendition."""
    longest = max((segment.seconds for segment in segments), default=0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        f"#EXT-X-TARGETDURATION:{max(1, round(longest))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    run = segments[0].run if segments else 0
    for segment in segments:
        if segment.run != run:
            run = segment.run
            lines.append("#EXT-X-DISCONTINUITY")
        lines += [f"#EXTINF:{segment.seconds:.6f},", segment.name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def master_playlist(recording: Recording) -> str:
    """Renditions from the best down."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:4", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung, codecs in zip(recording.rungs, recording.codecs, strict=True):
        lines += [stream_line(rung, codecs, recording.frame_rate), f"{rung.name}/playlist.m3u8"]
    return "\n".join([*lines, ""])


def stream_line(rung: Rung, codecs: str, frame_rate: int) -> str:
    """A variant of a master playlist, live or recorded."""
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={rung.kbps * 1000 + _SOUND_BPS},"
        f'RESOLUTION={rung.width}x{rung.height},CODECS="{codecs}",FRAME-RATE={frame_rate}.000'
    )
