"""Erasing a person from the videos: all of theirs, and their name among the viewers of others'.

A video is marked as deleted, as its owner would do it; its jobs, media and rows go by the event
that follows. The plan is done when the last of those rows is gone.
"""

from __future__ import annotations

from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.partitions import delete_first, first_items
from socialflow.videos import keys
from socialflow.videos.errors import VideoNotFound
from socialflow.videos.repository import VideoRepository
from socialflow.videos.viewers_repository import ViewerRepository


class VideoErasure:
    """A person's videos, and their place among the viewers of others'."""

    def __init__(self, table: Table, videos: VideoRepository, viewers: ViewerRepository) -> None:
        self._table = table
        self._videos = videos
        self._viewers = viewers

    def plan(self) -> ErasurePlan:
        return ErasurePlan(
            context="videos",
            steps={"videos": self._delete_own, "shares": self._leave_others},
            left=self._left,
        )

    def _delete_own(self, leaving: Leaving, limit: int) -> int:
        page = self._videos.list_of_owner(leaving.user_id, after=None, limit=limit)
        for video in page.videos:
            self._videos.mark_deleted(video)
        return len(page.videos)

    def _leave_others(self, leaving: Leaving, limit: int) -> int:
        partition = keys.viewer_partition(leaving.user_id)
        found = first_items(self._table, partition, limit, index="gsi1")
        for item in found:
            try:
                self._viewers.remove(item["gsi1sk"], leaving.user_id)
            except VideoNotFound:
                # The video is gone, and only the name is left of it.
                delete_first(self._table, partition, 1, index="gsi1")
        return len(found)

    def _left(self, leaving: Leaving) -> int:
        places = (
            keys.owner_partition(leaving.user_id),
            keys.deleted_partition(leaving.user_id),
            keys.viewer_partition(leaving.user_id),
        )
        return sum(len(first_items(self._table, each, 1, index="gsi1")) for each in places)
