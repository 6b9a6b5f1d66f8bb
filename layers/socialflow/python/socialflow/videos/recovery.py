"""The result of a job whose COMPLETE event was lost, put together from the job and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from socialflow.videos.models import Rendition, Video
from socialflow.videos.storage import MediaStorage
from socialflow.videos.transcode_events import TranscodeResult, UnreadableTranscodeEvent
from socialflow.videos.transcoder import JobState

_CAPTURE = re.compile(r"/(poster|frames)\.(\d{7})\.jpg$")


def recovered_result(video: Video, job: JobState, media: MediaStorage) -> TranscodeResult:
    """What the COMPLETE event would have said; GetJob has no paths, so the bucket is listed.

    Raises `UnreadableTranscodeEvent` where the manifests are not there.
    """
    prefix = _destination(job.detail)
    keys = list(media.keys_below(prefix))
    hls, dash = f"{prefix}stream.m3u8", f"{prefix}stream.mpd"
    if hls not in keys or dash not in keys:
        raise UnreadableTranscodeEvent(f"video {video.id}: no manifests below {prefix}")
    captures = [matched for key in keys if (matched := _CAPTURE.search(key))]
    posters = [each.string for each in captures if each[1] == "poster"]
    outputs = [
        output
        for group in job.detail.get("OutputGroupDetails") or []
        for output in group.get("OutputDetails") or []
    ]
    return TranscodeResult(
        hls_key=hls,
        dash_key=dash,
        poster_key=max(posters, default=None),
        storyboard_frame_count=sum(each[1] == "frames" for each in captures),
        duration_ms=max((output.get("DurationInMs") or 0 for output in outputs), default=0),
        renditions=tuple(_renditions(job.detail)),
    )


def _destination(job: Mapping[str, Any]) -> str:
    """The key prefix of the job's CMAF group, from `s3://bucket/prefix/stream`."""
    group = job["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["CmafGroupSettings"]
    key = str(group["Destination"]).removeprefix("s3://").partition("/")[2]
    return key.rpartition("/")[0] + "/"


def _renditions(job: Mapping[str, Any]) -> list[Rendition]:
    """The rungs as they were asked for: GetJob does not say what bitrate came out."""
    found = []
    for output in job["Settings"]["OutputGroups"][0]["Outputs"]:
        if video := output.get("VideoDescription"):
            peak = video["CodecSettings"]["H264Settings"]["MaxBitrate"]
            found.append(Rendition(width=video["Width"], height=video["Height"], bitrate_bps=peak))
    return sorted(found, key=lambda rung: rung.width * rung.height)
