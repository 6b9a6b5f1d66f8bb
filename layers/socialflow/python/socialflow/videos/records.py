"""Videos as table items, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
        "upload": {
            "file_name": video.upload.file_name,
            "content_type": video.upload.content_type,
            "size_bytes": video.upload.size_bytes,
            "part_size_bytes": video.upload.part_size_bytes,
        },
        "attempt": video.attempt,
        "progress_percent": video.progress_percent,
    }


def video_from_item(item: Mapping[str, Any]) -> Video:
    """Reads an item; what later versions add has defaults here."""
    upload = item["upload"]
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
        upload=Upload(
            upload_id=item.get("upload_id"),
            file_name=upload["file_name"],
            content_type=upload["content_type"],
            size_bytes=upload["size_bytes"],
            part_size_bytes=upload["part_size_bytes"],
        ),
        attempt=item["attempt"],
        progress_percent=item["progress_percent"],
        failure=FailureCode(item["failure"]) if "failure" in item else None,
        duration_ms=item.get("duration_ms"),
        jobs={
            kind: item[f"{kind}_job_id"] for kind in ("preview", "full") if f"{kind}_job_id" in item
        },
        preview=_set_from_item(item.get("preview")),
        full=_set_from_item(item.get("full")),
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


def _set_from_item(item: Mapping[str, Any] | None) -> MediaSet | None:
    if item is None:
        return None
    return MediaSet(
        name=item["name"],
        zone=Zone(item["zone"]),
        generation=item["generation"],
        hls=item["hls"],
        dash=item["dash"],
        poster=item.get("poster"),
        storyboard=item.get("storyboard"),
        renditions=tuple(
            Rendition(width=each["width"], height=each["height"], bitrate_bps=each["bitrate_bps"])
            for each in item["renditions"]
        ),
    )
