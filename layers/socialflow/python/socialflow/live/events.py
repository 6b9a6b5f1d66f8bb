"""What this context publishes, made from the changes of its table.

| event                           | when                            | data beside the ids      |
|---------------------------------|---------------------------------|--------------------------|
| `ChannelRequested.v1`           | a creator asked for a channel   |                          |
| `StreamKeyRotationRequested.v1` | a creator asked for another key |                          |
| `BroadcastStarted.v1`           | it can be watched               | visibility               |
| `BroadcastEnded.v1`             | it is over                      | visibility               |
| `BroadcastStopRequested.v1`     | its creator ended it            |                          |
| `BroadcastRecorded.v1`          | a recording of it is whole      | what its replay is like, |
|                                 |                                 | all recordings so far    |
| `BroadcastHidden.v1`            | it became private or is deleted |                          |

An event's id is that of the stream record, so a record read twice makes the same event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from socialflow.live.due_messages import Due
from socialflow.live.keys import BROADCAST_SK, CHANNEL_SK
from socialflow.live.models import Broadcast, Channel, State, Visibility
from socialflow.live.paths import thumbnail_key
from socialflow.live.records import broadcast_from_item, channel_from_item
from socialflow.live.sessions import Session
from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb import decode_image
from socialflow.platform.events import Event

SOURCE: Final = "socialflow.live"
# Until the follower comes by and sends more.
FIRST_FOLDS: Final = (10, 25, 40, 55)
_Found = Iterator[tuple[str, dict[str, Any]]]


def events_of(record: Mapping[str, Any]) -> list[Event]:
    """The events in one DynamoDB stream record (NEW_AND_OLD_IMAGES); none for other items."""
    return [
        Event.of_record(record, source=SOURCE, name=name, data=data)
        for name, data in _what_happened(record["dynamodb"])
    ]


def due_of(record: Mapping[str, Any], window: timedelta) -> list[Due]:
    """When a broadcast is to be looked at next, after a change of its state.

    Live: soon and often, to count its viewers. Ending: when its window has passed.
    """
    now, before = _broadcasts(record["dynamodb"])
    if now is None or (before and before.state is now.state):
        return []
    if now.state is State.LIVE:
        return [Due(now.id, delay) for delay in FIRST_FOLDS]
    if now.state is State.ENDING and not now.closed_at:
        return [Due(now.id, int(window.total_seconds()) + 1)]
    return []


def _what_happened(change: Mapping[str, Any]) -> _Found:
    new = decode_image(change.get("NewImage"))
    if new.get("sk") == CHANNEL_SK:
        old = decode_image(change.get("OldImage"))
        yield from _of_channel(channel_from_item(new), channel_from_item(old) if old else None)
    now, before = _broadcasts(change)
    if now:
        yield from _of_broadcast(now, before)
    elif before:
        yield "BroadcastHidden.v1", {"broadcast_id": before.id}


def _broadcasts(change: Mapping[str, Any]) -> tuple[Broadcast | None, Broadcast | None]:
    """A broadcast as it is and as it was; None for what is not there or is another item."""
    images = (decode_image(change.get(name)) for name in ("NewImage", "OldImage"))
    now, before = (
        broadcast_from_item(image) if image.get("sk") == BROADCAST_SK else None for image in images
    )
    return now, before


def _of_channel(now: Channel, before: Channel | None) -> _Found:
    ids = {"channel_id": now.id, "owner_id": now.owner_id}
    if before is None:
        yield "ChannelRequested.v1", ids
    elif now.rotation > before.rotation:
        yield "StreamKeyRotationRequested.v1", ids


def _of_broadcast(now: Broadcast, before: Broadcast | None) -> _Found:
    ids = {"broadcast_id": now.id, "channel_id": now.channel_id, "owner_id": now.owner_id}
    seen = {**ids, "visibility": now.visibility}
    if now.started_at and not (before and before.started_at):
        yield "BroadcastStarted.v1", seen
    if now.closed_at and not (before and before.closed_at):
        yield "BroadcastStopRequested.v1", {"broadcast_id": now.id, "channel_id": now.channel_id}
    if now.state is State.ENDED and not (before and before.state is State.ENDED):
        yield "BroadcastEnded.v1", seen
    recordings = [_recording(each) for each in now.recordings]
    told = [_recording(each) for each in before.recordings] if before else []
    if now.replay and recordings != told:
        yield "BroadcastRecorded.v1", {**ids, **_replay(now), "recordings": recordings}
    hidden = now.visibility is Visibility.PRIVATE
    if before and hidden and before.visibility is not Visibility.PRIVATE:
        yield "BroadcastHidden.v1", {"broadcast_id": now.id}


def _replay(broadcast: Broadcast) -> dict[str, Any]:
    picture = broadcast.thumbnail
    return {
        "title": broadcast.title,
        "description": broadcast.description,
        "category": broadcast.category,
        "visibility": broadcast.visibility,
        "poster_key": thumbnail_key(broadcast.id, picture) if picture else None,
    }


def _recording(session: Session) -> dict[str, Any]:
    recording = session.recording
    if recording is None:
        raise ValueError(f"{session.stream_id} has no recording")
    return {
        "stream_id": session.stream_id,
        "bucket": recording.bucket,
        "key_prefix": recording.key_prefix,
        "started_at": to_rfc3339(recording.started_at),
        "duration_ms": recording.duration_ms,
    }
