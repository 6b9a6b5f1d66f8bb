"""The one way in which a video's row changes: a conditional write on the state that it leaves.

Every change returns the video as it is afterwards, or None where the condition no longer held:
the change was made before (an event that came twice) or has become pointless (the video was
deleted or went on meanwhile). Both are fine for whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from socialflow.platform.clock import Clock, to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, Write
from socialflow.videos import keys
from socialflow.videos.models import OPEN_STATUSES, Video, Visibility
from socialflow.videos.records import video_from_item

CHECK_KEYS: Final = ("gsi3pk", "gsi3sk")
LISTING_KEYS: Final = ("gsi2pk", "gsi2sk")
ALIVE: Final = "attribute_exists(pk) AND attribute_not_exists(#deleted_at)"
OPEN_VALUES: Final = {f"open{place}": status for place, status in enumerate(OPEN_STATUSES)}
IS_OPEN: Final = "#status IN (" + ", ".join(f":{name}" for name in OPEN_VALUES) + ")"


class VideoRows:
    """The rows of videos in their table, and when the reconciler should look at each."""

    def __init__(self, table: Table, *, clock: Clock) -> None:
        self.table = table
        self.clock = clock

    def change(
        self,
        video_id: str,
        *,
        condition: str = "",
        set: Mapping[str, object] | None = None,
        remove: tuple[str, ...] = (),
        values: Mapping[str, object] | None = None,
        alive: bool = True,
        visible: bool = True,
    ) -> Video | None:
        """Changes a row if it is there, not deleted (unless `alive` is False) and as expected.

        A change that nobody can see (`visible` is False) leaves the revision, and with it the
        ETag, as it is.
        """
        guards = [ALIVE if alive else "attribute_exists(pk)", *([condition] if condition else [])]
        try:
            item = self.table.write(
                Write(
                    key=keys.video_key(video_id),
                    set=set or {},
                    add={"revision": 1} if visible else {},
                    remove=remove,
                    condition=" AND ".join(guards),
                    values=values or {},
                )
            )
        except ConditionFailed:
            return None
        return video_from_item(item)

    def check_in(self, video_id: str, delay: timedelta) -> dict[str, str]:
        """The attributes by which the reconciler finds the video after `delay`."""
        return keys.check_keys(video_id, self.clock() + delay)

    def publication(self, video: Video) -> dict[str, str]:
        """What a video gets when it becomes playable: its date, and its place in the channel."""
        published_at = video.published_at or self.clock()
        listed = video.visibility is Visibility.PUBLIC
        return {
            "published_at": to_rfc3339(published_at),
            **(keys.channel_keys(video.owner_id, video.id, published_at) if listed else {}),
        }
