"""Replays on their way: what they should be made of, and what they are made of.

Footage only grows, so each step asks that the footage is still the one it worked for; whoever
comes with less finds that out by the same condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Write
from socialflow.videos import keys
from socialflow.videos.models import MediaSet, Status, Video, Visibility, zone_for
from socialflow.videos.records import (
    footage_to_item,
    found_video,
    new_video_item,
    sessions_to_item,
    set_to_item,
)
from socialflow.videos.replay import Footage, ReplaySession
from socialflow.videos.rows import ALIVE, CHECK_KEYS, LISTING_KEYS, VideoRows

# When whoever builds it has ended, one way or the other: a function has 15 minutes.
BUILD_CHECK = timedelta(minutes=16)
FOLLOW_UP = timedelta(minutes=2)
FORMER_KEPT = timedelta(hours=6)
_MAY_GROW = "#status IN (:processing, :ready)"
_GROWING = {"processing": Status.PROCESSING, "ready": Status.READY}


class ReplayRepository:
    """What events and the reconciler do to replays."""

    def __init__(self, rows: VideoRows) -> None:
        self._rows = rows

    def get(self, video_id: str) -> Video | None:
        """A replay as it is this moment; None once its remains are gone."""
        return found_video(self._rows.table.get(keys.video_key(video_id), consistent=True))

    def want(self, video: Video, footage: Footage) -> Video | None:
        """Has the replay made, or made of more. Returns it as it is now.

        A new one costs one write. One that grows takes over what its broadcast is called now and
        who may see it, unless its owner has edited it. Less footage than is known changes nothing,
        nor does anything where the replay was deleted or has failed. None where it is gone.
        """
        item = new_video_item(video) | self._rows.check_in(video.id, BUILD_CHECK)
        try:
            self._rows.table.write(Write(put=item, condition="attribute_not_exists(pk)"))
        except ConditionFailed as refused:
            known = found_video(refused.item)
        else:
            return video
        if known is None or known.replay is None or known.replay.footage.extent >= footage.extent:
            return known
        return self._grow(known, video, footage) or self.get(video.id)

    def publish(
        self, video: Video, made: MediaSet, sessions: Sequence[ReplaySession], *, extent: str
    ) -> Video | None:
        """processing → ready, or ready with more: the new set is what plays from now on.

        The set before it stays for those who play it. Asks that footage, visibility (which
        decides the listing) and set are as they were read.
        """
        former = (*video.former, video.full) if video.full else ()
        wanted = zone_for(video.visibility)
        misplaced = any(each.zone is not wanted for each in (made, *former))
        look_again = FOLLOW_UP if misplaced else FORMER_KEPT if former else None
        values = {**_GROWING, "made_of": extent, "visibility": video.visibility}
        condition = f"{_MAY_GROW} AND #extent = :made_of AND #visibility = :visibility"
        if video.full:
            condition += " AND #full = :before"
            values["before"] = set_to_item(video.full)  # type: ignore[assignment]
        else:
            condition += " AND attribute_not_exists(#full)"
        last = sessions[-1]
        return self._rows.change(
            video.id,
            set={
                "status": Status.READY,
                "progress_percent": 100,
                "duration_ms": last.offset_ms + last.duration_ms,
                "full": set_to_item(made),
                "shown_extent": extent,
                "sessions": sessions_to_item(sessions),
                **self._rows.publication(video),
                **(
                    {
                        "former": [set_to_item(each) for each in former],
                        "grown_at": to_rfc3339(self._rows.clock()),
                    }
                    if former
                    else {}
                ),
                **(self._rows.check_in(video.id, look_again) if look_again else {}),
            },
            remove=() if look_again else CHECK_KEYS,
            condition=condition,
            values=values,
        )

    def settle_for_less(self, video: Video, *, extent: str) -> None:
        """What is shown is all that there will be of this footage: the rest cannot be read."""
        self._rows.change(
            video.id,
            set={
                "shown_extent": extent,
                **self._rows.publication(video),
                **self._rows.check_in(video.id, FOLLOW_UP),
            },
            condition="#extent = :made_of AND attribute_exists(#full)"
            " AND #visibility = :visibility",
            values={"made_of": extent, "visibility": video.visibility},
        )

    def withdraw(self, video: Video, *, extent: str) -> None:
        """Removes a replay of which nothing was ever to be seen, so that more footage can come."""
        try:
            self._rows.table.write(
                Write(
                    key=keys.video_key(video.id),
                    delete=True,
                    condition=f"{ALIVE} AND #status = :processing AND #extent = :made_of",
                    values={"processing": Status.PROCESSING, "made_of": extent},
                )
            )
        except ConditionFailed:
            # Deleted, or more footage came: whoever did that goes on with it.
            return

    def _grow(self, known: Video, told: Video, footage: Footage) -> Video | None:
        more = {**footage_to_item(footage), **self._rows.check_in(told.id, BUILD_CHECK)}
        condition = f"{_MAY_GROW} AND #extent < :more"
        values = {**_GROWING, "more": footage.extent}
        listed = told.visibility is known.visibility is Visibility.PUBLIC
        words = {
            "title": told.title,
            "description": told.description,
            "visibility": told.visibility,
        }
        return self._rows.change(
            told.id,
            set={**more, **words},
            # Publishing it puts it back into its channel.
            remove=() if listed else LISTING_KEYS,
            condition=f"{condition} AND #edits = :untouched",
            values={**values, "untouched": told.edits},
        ) or self._rows.change(told.id, set=more, condition=condition, values=values)
