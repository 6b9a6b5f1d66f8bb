"""Videos as people see and change them: created, read, listed, edited, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Page, Write
from socialflow.videos import keys
from socialflow.videos.models import Status, Video, Visibility, zone_for
from socialflow.videos.records import found_video, new_video_item, video_from_item
from socialflow.videos.rows import LISTING_KEYS, VideoRows

UPLOAD_KEPT = timedelta(days=7)
# Long before it expires: an upload may be whole without anybody having heard of it.
UPLOAD_CHECK = timedelta(minutes=15)
FOLLOW_UP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class VideoPage:
    """One page of videos, and the position to go on from."""

    videos: tuple[Video, ...]
    next_position: str | None


class VideoRepository:
    """What requests do to videos."""

    def __init__(self, rows: VideoRows) -> None:
        self._rows = rows
        self._table = rows.table

    def get(self, video_id: str, *, consistent: bool = False) -> Video | None:
        """A video, deleted ones included until they are purged."""
        return found_video(self._table.get(keys.video_key(video_id), consistent=consistent))

    def list_of_owner(self, owner_id: str, *, after: str | None, limit: int) -> VideoPage:
        """All of an owner's videos, newest first."""
        partition = keys.owner_partition(owner_id)
        return _videos(
            self._table.query(partition, index="gsi1", after=after, limit=limit, newest_first=True)
        )

    def list_of_channel(self, owner_id: str, *, after: str | None, limit: int) -> VideoPage:
        """An owner's public, playable videos, newest first."""
        partition = keys.channel_partition(owner_id)
        return _videos(
            self._table.query(partition, index="gsi2", after=after, limit=limit, newest_first=True)
        )

    def create(self, video: Video) -> Video:
        """Puts a new video; one of the same id that is there already is returned as it is."""
        item = new_video_item(video) | keys.check_keys(video.id, self._rows.clock() + UPLOAD_CHECK)
        try:
            self._table.write(Write(put=item, condition="attribute_not_exists(pk)"))
        except ConditionFailed as refused:
            return video_from_item(refused.item) if refused.item else video
        return video

    def record_upload_id(self, video_id: str, upload_id: str) -> Video | None:
        """Keeps S3's upload id; the first one given stays."""
        return self._rows.change(
            video_id,
            set={"upload_id": upload_id},
            condition="attribute_not_exists(#upload_id) AND #status = :uploading",
            values={"uploading": Status.UPLOADING},
        )

    def edit(
        self, video: Video, changes: Mapping[str, object], *, expected_edits: int | None
    ) -> Video | None:
        """Changes what people may change; None where the video was changed meanwhile.

        The channel index follows from visibility and publication, so the write also asks that
        the video was not published since `video` was read.
        """
        visibility = Visibility(str(changes.get("visibility", video.visibility)))
        seen = video.edits if expected_edits is None else expected_edits
        values: dict[str, object] = {"seen": seen}
        place: dict[str, str] = {}
        if video.published_at is None:
            condition = "#edits = :seen AND attribute_not_exists(#published_at)"
        else:
            condition = "#edits = :seen AND #published_at = :published_at"
            values["published_at"] = to_rfc3339(video.published_at)
            if visibility is Visibility.PUBLIC:
                place = keys.channel_keys(video.owner_id, video.id, video.published_at)
        if video.playable and zone_for(visibility) is not zone_for(video.visibility):
            place |= self._rows.check_in(video.id, FOLLOW_UP)
        return self._rows.change(
            video.id,
            set={**changes, "edits": seen + 1, **place},
            remove=() if "gsi2pk" in place else LISTING_KEYS,
            condition=condition,
            values=values,
        )

    def mark_deleted(self, video: Video) -> Video | None:
        """Hides the video from everybody at once; purging follows from the stream.

        Until then its owner's deleted videos list it, so that an erasure can wait for them.
        """
        return self._rows.change(
            video.id,
            set={
                "deleted_at": to_rfc3339(self._rows.clock()),
                "gsi1pk": keys.deleted_partition(video.owner_id),
                **self._rows.check_in(video.id, FOLLOW_UP),
            },
            remove=LISTING_KEYS,
        )


def _videos(page: Page) -> VideoPage:
    return VideoPage(tuple(video_from_item(item) for item in page.items), page.next_position)
