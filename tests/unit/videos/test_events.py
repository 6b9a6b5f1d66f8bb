"""What the stream of the table says has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from socialflow.platform.clock import to_rfc3339
from socialflow.platform.dynamodb_values import encode_map
from socialflow.videos.events import events_of
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import Status, Video, Visibility, Zone
from socialflow.videos.records import new_video_item, set_to_item
from tests.unit.videos.test_models import MOMENT, a_set, a_video

READY = a_video(status=Status.READY, full=a_set(Zone.PUBLIC))
FAILED = a_video(status=Status.FAILED, failure=FailureCode.TOO_LONG)
HIDDEN = replace(READY, visibility=Visibility.PRIVATE)
DELETED = replace(READY, deleted_at=MOMENT + timedelta(hours=1))


def image(video: Video) -> dict[str, Any]:
    item = new_video_item(video) | {
        "full": set_to_item(video.full) if video.full else None,
        "failure": video.failure,
        "deleted_at": to_rfc3339(video.deleted_at) if video.deleted_at else None,
    }
    return encode_map(item)


def record(new: dict[str, Any] | None, old: dict[str, Any] | None) -> dict[str, Any]:
    images = {"NewImage": new, "OldImage": old}
    change = {name: found for name, found in images.items() if found}
    return {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": 1.5e9, **change}}


class TestNothingIsPublished:
    @pytest.mark.parametrize(
        ("new", "old"),
        [
            (a_video(), None),
            (a_video(progress_percent=50), a_video()),
            (replace(READY, title="Second"), READY),
            (replace(HIDDEN, title="Second"), HIDDEN),
            (replace(DELETED, title="Second"), DELETED),
            (FAILED, FAILED),
        ],
    )
    def test_by_a_change_that_concerns_nobody(self, new: Video, old: Video | None) -> None:
        assert events_of(record(image(new), image(old) if old else None)) == []

    def test_by_the_end_of_a_row(self) -> None:
        assert events_of(record(None, image(DELETED))) == []

    def test_by_other_items(self) -> None:
        viewer = encode_map({"pk": "VIDEO#vid_1", "sk": "VIEWER#usr_1", "user_id": "usr_1"})
        assert events_of(record(viewer, None)) == []
        assert events_of(record(encode_map({"pk": "RATE#x", "sk": "RATE"}), None)) == []


class TestSomethingHappened:
    @pytest.mark.parametrize(
        ("new", "old", "names"),
        [
            (READY, a_video(), ["VideoReady.v1"]),
            (HIDDEN, a_video(), ["VideoReady.v1", "VideoMediaMisplaced.v1"]),
            (FAILED, a_video(), ["VideoFailed.v1"]),
            (HIDDEN, READY, ["VideoMediaMisplaced.v1"]),
            (DELETED, READY, ["VideoDeleted.v1"]),
            (DELETED, HIDDEN, ["VideoDeleted.v1"]),
        ],
    )
    def test_is_named(self, new: Video, old: Video, names: list[str]) -> None:
        assert [event.name for event in events_of(record(image(new), image(old)))] == names

    def test_a_record_read_twice_makes_the_same_event(self) -> None:
        read = record(image(FAILED), image(a_video()))
        (event,) = events_of(read)
        assert [event] == events_of(read)
        assert event.id == "e1-VideoFailed.v1"
        assert event.source == "socialflow.videos"
        assert event.data == {"video_id": "vid_1", "owner_id": "usr_1", "code": "too_long"}
