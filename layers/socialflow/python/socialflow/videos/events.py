"""What this context publishes, made from the changes of its table.

| event                    | when                                      | data beside the ids |
|--------------------------|-------------------------------------------|---------------------|
| `VideoReady.v1`          | the whole ladder is there                 |                     |
| `VideoFailed.v1`         | it will never play                        | code                |
| `VideoDeleted.v1`        | its owner deleted it                      |                     |
| `VideoMediaMisplaced.v1` | media lies in another zone than it should |                     |

An event's id is that of the stream record, so a record read twice makes the same event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from socialflow.platform.dynamodb import decode_image
from socialflow.platform.events import Event
from socialflow.videos.keys import VIDEO_SK
from socialflow.videos.models import Status, Video
from socialflow.videos.records import found_video

SOURCE: Final = "socialflow.videos"


def events_of(record: Mapping[str, Any]) -> list[Event]:
    """The events in one DynamoDB stream record (NEW_AND_OLD_IMAGES); none for other items."""
    change = record["dynamodb"]
    new, old = decode_image(change.get("NewImage")), decode_image(change.get("OldImage"))
    now = found_video(new) if new.get("sk") == VIDEO_SK else None
    if now is None:
        return []
    before = found_video(old or None)
    return [
        Event.of_record(
            record,
            source=SOURCE,
            name=name,
            data={"video_id": now.id, "owner_id": now.owner_id, **data},
        )
        for name, data in _what_happened(now, before)
    ]


def _what_happened(now: Video, before: Video | None) -> list[tuple[str, dict[str, str]]]:
    if now.deleted_at:
        return [] if before and before.deleted_at else [("VideoDeleted.v1", {})]
    found: list[tuple[str, dict[str, str]]] = []
    if before is None or before.status is not now.status:
        if now.status is Status.READY:
            found.append(("VideoReady.v1", {}))
        elif now.status is Status.FAILED:
            found.append(("VideoFailed.v1", {"code": str(now.failure)}))
    if now.misplaced_sets() != (before.misplaced_sets() if before else ()) and now.misplaced_sets():
        found.append(("VideoMediaMisplaced.v1", {}))
    return found
