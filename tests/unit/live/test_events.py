"""What the stream of the table says has happened, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from socialflow.live.events import FIRST_FOLDS, due_of, events_of
from socialflow.live.models import Broadcast, Channel, Defaults, State, ThumbnailKind, Visibility
from socialflow.live.records import (
    broadcast_from_item,
    broadcast_to_item,
    channel_from_item,
    new_channel_item,
)
from socialflow.platform.dynamodb_values import encode_map
from tests.unit.doubles import START
from tests.unit.live.test_models import WINDOW, a_broadcast, recorded, session

CHANNEL = Channel(
    id=a_broadcast().channel_id,
    owner_id=a_broadcast().owner_id,
    created_at=START,
    defaults=Defaults(title="At sea"),
)
STARTING = a_broadcast()
LIVE = a_broadcast(session(), state=State.LIVE)
ENDING = a_broadcast(session(over=5), state=State.ENDING)
CLOSED = a_broadcast(session(), state=State.ENDING, closed_at=START)
ENDED = a_broadcast(session(over=5), state=State.ENDED, concluded_at=START)
RECORDED = a_broadcast(recorded(1, 1, 4), state=State.ENDING)
TWICE = a_broadcast(recorded(1, 1, 4), recorded(2, 5.5, 3), state=State.ENDING)


def image(thing: Broadcast | Channel) -> dict[str, Any]:
    if isinstance(thing, Channel):
        return encode_map(new_channel_item(thing))
    return encode_map(broadcast_to_item(thing))


def record(new: Any, old: Any = None) -> dict[str, Any]:
    images = {"NewImage": new and image(new), "OldImage": old and image(old)}
    change = {name: found for name, found in images.items() if found}
    return {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": 1.5e9, **change}}


class TestItems:
    @pytest.mark.parametrize("broadcast", [STARTING, LIVE, CLOSED, ENDED, TWICE])
    def test_of_broadcasts_read_back_as_they_were(self, broadcast: Broadcast) -> None:
        assert broadcast_from_item(broadcast_to_item(broadcast)) == broadcast

    def test_of_channels_read_back_as_they_were(self) -> None:
        assert channel_from_item(new_channel_item(CHANNEL)) == CHANNEL


class TestNothingIsPublished:
    @pytest.mark.parametrize(
        ("new", "old"),
        [
            (CHANNEL, CHANNEL),
            (STARTING, None),
            (replace(LIVE, title="Second light"), LIVE),
            (ENDING, LIVE),
            (RECORDED, RECORDED),
            (replace(TWICE, replay=False), replace(RECORDED, replay=False)),
            (replace(ENDED, title="Second light"), ENDED),
        ],
    )
    def test_by_a_change_that_concerns_nobody(self, new: Any, old: Any) -> None:
        assert events_of(record(new, old)) == []

    def test_by_other_items(self) -> None:
        slot = encode_map({"pk": "PRESENT#brd_1#0", "sk": "000000000001#u1"})
        change = {"ApproximateCreationDateTime": 1.5e9, "NewImage": slot}
        assert events_of({"eventID": "e1", "dynamodb": change}) == []
        assert due_of({"eventID": "e1", "dynamodb": change}, WINDOW) == []


class TestSomethingHappened:
    @pytest.mark.parametrize(
        ("new", "old", "names"),
        [
            (CHANNEL, None, ["ChannelRequested.v1"]),
            (replace(CHANNEL, rotation=2), CHANNEL, ["StreamKeyRotationRequested.v1"]),
            (LIVE, STARTING, ["BroadcastStarted.v1"]),
            (LIVE, None, ["BroadcastStarted.v1"]),
            (CLOSED, LIVE, ["BroadcastStopRequested.v1"]),
            (ENDED, ENDING, ["BroadcastEnded.v1"]),
            (ENDED, None, ["BroadcastStarted.v1", "BroadcastEnded.v1"]),
            (RECORDED, LIVE, ["BroadcastRecorded.v1"]),
            (TWICE, RECORDED, ["BroadcastRecorded.v1"]),
            (replace(LIVE, visibility=Visibility.PRIVATE), LIVE, ["BroadcastHidden.v1"]),
            (None, a_broadcast(state=State.SCHEDULED, opened_at=None), ["BroadcastHidden.v1"]),
        ],
    )
    def test_is_named(self, new: Any, old: Any, names: list[str]) -> None:
        assert [event.name for event in events_of(record(new, old))] == names

    def test_a_record_read_twice_makes_the_same_event(self) -> None:
        read = record(ENDED, ENDING)
        (event,) = events_of(read)
        assert [event] == events_of(read)
        assert event.id == "e1-BroadcastEnded.v1"
        assert event.source == "socialflow.live"
        assert event.data == {
            "broadcast_id": ENDED.id,
            "channel_id": ENDED.channel_id,
            "owner_id": ENDED.owner_id,
            "visibility": "public",
        }

    def test_a_recording_tells_all_that_its_replay_needs(self) -> None:
        pictured = replace(TWICE, thumbnail=ThumbnailKind.PNG)
        (event,) = events_of(record(pictured, RECORDED))
        assert event.data == {
            "broadcast_id": TWICE.id,
            "channel_id": TWICE.channel_id,
            "owner_id": TWICE.owner_id,
            "title": "First light",
            "description": "",
            "category": "",
            "visibility": "public",
            "poster_key": f"media/public/live/{TWICE.id}/custom.png",
            "recordings": [
                {
                    "stream_id": "st-1",
                    "bucket": "recordings",
                    "key_prefix": "ivs/1",
                    "started_at": "2026-11-21T09:31:00.000Z",
                    "duration_ms": 240_000,
                },
                {
                    "stream_id": "st-2",
                    "bucket": "recordings",
                    "key_prefix": "ivs/2",
                    "started_at": "2026-11-21T09:35:30.000Z",
                    "duration_ms": 180_000,
                },
            ],
        }


class TestLookingAgain:
    def test_soon_at_one_that_is_live(self) -> None:
        due = due_of(record(LIVE, STARTING), WINDOW)
        assert [each.delay_seconds for each in due] == list(FIRST_FOLDS)
        assert due_of(record(replace(LIVE, title="Second"), LIVE), WINDOW) == []

    def test_at_one_that_is_ending_when_its_window_has_passed(self) -> None:
        (due,) = due_of(record(ENDING, LIVE), WINDOW)
        assert (due.broadcast_id, due.delay_seconds) == (LIVE.id, 61)

    def test_not_at_one_that_waits_for_its_stream_to_be_stopped(self) -> None:
        assert due_of(record(CLOSED, LIVE), WINDOW) == []
