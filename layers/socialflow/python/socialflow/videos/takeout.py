"""What videos know of a person, for their export: their videos, and those shared with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from socialflow.platform.dynamodb import Table
from socialflow.platform.partitions import every_item
from socialflow.platform.principal import UserId
from socialflow.platform.records import Section
from socialflow.videos import keys
from socialflow.videos.models import Video
from socialflow.videos.records import found_video

# Of the attributes of an upload those that say something to whoever uploaded it.
FILE: Final = ("file_name", "content_type", "size_bytes")


class Takeout:
    """Reads page by page."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sections(self, user_id: UserId) -> Iterator[Section]:
        yield "videos", self._videos(user_id)
        yield "shared_by_you", self._shared(user_id)
        yield "shared_with_you", self._seen(user_id)

    def _own(self, user_id: UserId) -> Iterator[Video]:
        for item in every_item(self._table, keys.owner_partition(user_id), index="gsi1"):
            video = found_video(item)
            if video:
                yield video

    def _videos(self, user_id: UserId) -> Iterator[dict[str, Any]]:
        for video in self._own(user_id):
            upload = asdict(video.upload) if video.upload else {}
            yield {
                "id": video.id,
                "title": video.title,
                "description": video.description,
                "tags": list(video.tags),
                "visibility": video.visibility,
                "status": video.status,
                "created_at": video.created_at,
                "published_at": video.published_at,
                "duration_ms": video.duration_ms,
                "file": {name: upload[name] for name in FILE if name in upload} or None,
                "broadcast_id": video.broadcast_id,
            }

    def _shared(self, user_id: UserId) -> Iterator[dict[str, Any]]:
        for video in self._own(user_id):
            partition = keys.video_key(video.id)["pk"]
            for item in every_item(self._table, partition, prefix=keys.VIEWER_PREFIX):
                yield {
                    "video_id": video.id,
                    "user_id": item["user_id"],
                    "since": item["added_at"],
                }

    def _seen(self, user_id: UserId) -> Iterator[dict[str, Any]]:
        for item in every_item(self._table, keys.viewer_partition(user_id), index="gsi1"):
            yield {"video_id": item["gsi1sk"], "since": item["added_at"]}
