"""Videos as table items, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.principal import UserId
from socialflow.videos.failures import FailureCode
from socialflow.videos.keys import owner_partition, video_key
from socialflow.videos.models import (
    MediaSet,
    Rendition,
    Status,
    Upload,
    Video,
    VideoId,
    Visibility,
    Zone,
)
from socialflow.videos.replay import Footage, Recording, Replay, ReplaySession

TOMBSTONE: Final = "tombstone"


def new_video_item(video: Video) -> dict[str, Any]:
    """The item of a video that has just been created."""
    return {
        **video_key(video.id),
        "gsi1pk": owner_partition(video.owner_id),
        "gsi1sk": video.id,
        "id": video.id,
        "owner_id": video.owner_id,
        "status": video.status,
        "title": video.title,
        "description": video.description,
        "tags": video.tags,
        "visibility": video.visibility,
        "created_at": to_rfc3339(video.created_at),
        "edits": video.edits,
        "revision": video.revision,
        "uploaded_at": to_rfc3339(video.uploaded_at) if video.uploaded_at else None,
        "upload": _upload_to_item(video.upload) if video.upload else None,
        **(_replay_to_item(video.replay) if video.replay else {}),
        "attempt": video.attempt,
        "progress_percent": video.progress_percent,
    }


def tombstone_item(video: Video, *, expires_at: datetime) -> dict[str, Any]:
    """What stays of a replay that its owner deleted, so that no late event makes it again."""
    return {
        **video_key(video.id),
        "id": video.id,
        "deleted_at": to_rfc3339(video.deleted_at or expires_at),
        TOMBSTONE: True,
        "expires_at": int(expires_at.timestamp()),
    }


def found_video(item: Mapping[str, Any] | None) -> Video | None:
    """The video in what was read; None where nothing was, or only a tombstone."""
    return None if item is None or TOMBSTONE in item else video_from_item(item)


def video_from_item(item: Mapping[str, Any]) -> Video:
    """Reads an item; what later versions add has defaults here."""
    return Video(
        id=VideoId(item["id"]),
        owner_id=UserId(item["owner_id"]),
        status=Status(item["status"]),
        title=item["title"],
        description=item["description"],
        tags=tuple(item["tags"]),
        visibility=Visibility(item["visibility"]),
        created_at=from_rfc3339(item["created_at"]),
        uploaded_at=from_rfc3339(item["uploaded_at"]) if "uploaded_at" in item else None,
        published_at=from_rfc3339(item["published_at"]) if "published_at" in item else None,
        deleted_at=from_rfc3339(item["deleted_at"]) if "deleted_at" in item else None,
        edits=item["edits"],
        revision=item["revision"],
        upload=_upload_from_item(item) if "upload" in item else None,
        replay=_replay_from_item(item) if "broadcast_id" in item else None,
        attempt=item["attempt"],
        progress_percent=item["progress_percent"],
        failure=FailureCode(item["failure"]) if "failure" in item else None,
        duration_ms=item.get("duration_ms"),
        jobs={
            kind: item[f"{kind}_job_id"] for kind in ("preview", "full") if f"{kind}_job_id" in item
        },
        preview=_set_from_item(item.get("preview")),
        full=_set_from_item(item.get("full")),
        former=tuple(each for one in item.get("former", ()) if (each := _set_from_item(one))),
        grown_at=from_rfc3339(item["grown_at"]) if "grown_at" in item else None,
    )


def set_to_item(media: MediaSet) -> dict[str, Any]:
    return {
        "name": media.name,
        "zone": media.zone,
        "generation": media.generation,
        "hls": media.hls,
        "dash": media.dash,
        "poster": media.poster,
        "storyboard": media.storyboard,
        "renditions": [
            {"width": each.width, "height": each.height, "bitrate_bps": each.bitrate_bps}
            for each in media.renditions
        ],
    }


def footage_to_item(footage: Footage) -> dict[str, Any]:
    """The attributes of a replay's footage; `extent` apart, for conditions."""
    return {
        "extent": footage.extent,
        "footage": {
            "poster_key": footage.poster_key,
            "recordings": [
                {
                    "stream_id": each.stream_id,
                    "bucket": each.bucket,
                    "key_prefix": each.key_prefix,
                    "started_at": to_rfc3339(each.started_at),
                    "duration_ms": each.duration_ms,
                }
                for each in footage.recordings
            ],
        },
    }


def sessions_to_item(sessions: Iterable[ReplaySession]) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": to_rfc3339(each.starts_at),
            "offset_ms": each.offset_ms,
            "duration_ms": each.duration_ms,
        }
        for each in sessions
    ]


def recordings_from(entries: Iterable[Mapping[str, Any]]) -> list[Recording]:
    """Recordings as an event or an item lists them."""
    return [
        Recording(
            stream_id=each["stream_id"],
            bucket=each["bucket"],
            key_prefix=each["key_prefix"],
            started_at=from_rfc3339(each["started_at"]),
            duration_ms=each["duration_ms"],
        )
        for each in entries
    ]


def _upload_to_item(upload: Upload) -> dict[str, Any]:
    return {
        "file_name": upload.file_name,
        "content_type": upload.content_type,
        "size_bytes": upload.size_bytes,
        "part_size_bytes": upload.part_size_bytes,
    }


def _upload_from_item(item: Mapping[str, Any]) -> Upload:
    upload = item["upload"]
    return Upload(
        upload_id=item.get("upload_id"),
        file_name=upload["file_name"],
        content_type=upload["content_type"],
        size_bytes=upload["size_bytes"],
        part_size_bytes=upload["part_size_bytes"],
    )


def _replay_to_item(replay: Replay) -> dict[str, Any]:
    return {
        "broadcast_id": replay.broadcast_id,
        **footage_to_item(replay.footage),
        "shown_extent": replay.shown_extent,
        "sessions": sessions_to_item(replay.sessions),
    }


def _replay_from_item(item: Mapping[str, Any]) -> Replay:
    return Replay(
        broadcast_id=item["broadcast_id"],
        footage=Footage(
            recordings=tuple(recordings_from(item["footage"]["recordings"])),
            poster_key=item["footage"].get("poster_key"),
        ),
        shown_extent=item.get("shown_extent"),
        sessions=tuple(
            ReplaySession(
                starts_at=from_rfc3339(each["starts_at"]),
                offset_ms=each["offset_ms"],
                duration_ms=each["duration_ms"],
            )
            for each in item["sessions"]
        ),
    )


def _set_from_item(item: Mapping[str, Any] | None) -> MediaSet | None:
    if item is None:
        return None
    return MediaSet(
        name=item["name"],
        zone=Zone(item["zone"]),
        generation=item["generation"],
        hls=item["hls"],
        dash=item.get("dash"),
        poster=item.get("poster"),
        storyboard=item.get("storyboard"),
        renditions=tuple(
            Rendition(width=each["width"], height=each["height"], bitrate_bps=each["bitrate_bps"])
            for each in item["renditions"]
        ),
    )
