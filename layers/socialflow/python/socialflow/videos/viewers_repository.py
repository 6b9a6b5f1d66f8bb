"""The people whom the owner of a private video names: they may watch it too."""

from __future__ import annotations

from typing import Final

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import TransactionRefused, Write
from socialflow.platform.principal import UserId
from socialflow.videos import keys
from socialflow.videos.errors import VideoNotFound, ViewerLimitReached
from socialflow.videos.rows import ALIVE, VideoRows

MAX_VIEWERS: Final = 500
_PAGE: Final = 100


class ViewerRepository:
    """Named viewers: an item each, and their number on the video's row."""

    def __init__(self, rows: VideoRows) -> None:
        self._rows = rows
        self._table = rows.table

    def add(self, video_id: str, user_id: str) -> None:
        """Names somebody; a repeat changes nothing. Raises `ViewerLimitReached`."""
        item = {
            **keys.viewer_key(video_id, user_id),
            "gsi1pk": keys.viewer_partition(user_id),
            "gsi1sk": video_id,
            "user_id": user_id,
            "added_at": to_rfc3339(self._rows.clock()),
        }
        room = "(attribute_not_exists(#viewer_count) OR #viewer_count < :most)"
        try:
            self._table.transact(
                [
                    Write(put=item, condition="attribute_not_exists(pk)"),
                    Write(
                        key=keys.video_key(video_id),
                        add={"viewer_count": 1},
                        condition=f"{ALIVE} AND {room}",
                        values={"most": MAX_VIEWERS},
                    ),
                ]
            )
        except TransactionRefused as refused:
            if 0 not in refused.failed:
                raise ViewerLimitReached(
                    f"A video can be shared with {MAX_VIEWERS} people; take somebody off first.",
                    max_viewers=MAX_VIEWERS,
                ) from refused

    def remove(self, video_id: str, user_id: str) -> None:
        """Takes the name off again; a repeat changes nothing."""
        try:
            self._table.transact(
                [
                    Write(
                        key=keys.viewer_key(video_id, user_id),
                        delete=True,
                        condition="attribute_exists(pk)",
                    ),
                    Write(
                        key=keys.video_key(video_id),
                        add={"viewer_count": -1},
                        condition="attribute_exists(pk)",
                    ),
                ]
            )
        except TransactionRefused as refused:
            if 0 not in refused.failed:
                raise VideoNotFound(video_id) from refused

    def has(self, video_id: str, user_id: str) -> bool:
        """Whether the owner named this person."""
        return self._table.get(keys.viewer_key(video_id, user_id)) is not None

    def list(
        self, video_id: str, *, after: str | None, limit: int
    ) -> tuple[tuple[UserId, ...], str | None]:
        """The people named, in order of their ids, and the id to go on after."""
        page = self._table.query(
            keys.video_key(video_id)["pk"],
            prefix=keys.VIEWER_PREFIX,
            after=keys.VIEWER_PREFIX + after if after else None,
            limit=limit,
        )
        position = page.next_position
        return (
            tuple(UserId(item["user_id"]) for item in page.items),
            position.removeprefix(keys.VIEWER_PREFIX) if position else None,
        )

    def purge(self, video_id: str) -> None:
        """Removes every name of a deleted video."""
        more = True
        while more:
            page = self._table.query(
                keys.video_key(video_id)["pk"], prefix=keys.VIEWER_PREFIX, limit=_PAGE
            )
            for item in page.items:
                self._table.write(Write(key={"pk": item["pk"], "sk": item["sk"]}, delete=True))
            more = page.next_position is not None
