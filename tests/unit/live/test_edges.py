"""What AWS answers now and then: messages that are not taken, notes that say nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from socialflow.live.due_messages import MAX_DELAY_SECONDS, Due, DueMessages, MessagesNotSent
from socialflow.live.measurements import Measurements
from socialflow.platform.aws import client
from tests.unit.doubles import START, FakeClient
from tests.unit.live.test_facts import PREFIX, recording
from tests.unit.live.world import RECORDINGS, LiveWorld


def messages(sent: list[Any], failed: int = 0) -> DueMessages:
    def send(_operation: Any, parameters: dict[str, Any]) -> Any:
        sent.append(parameters["Entries"])
        return {"Successful": [], "Failed": parameters["Entries"][:failed]}

    queue: Any = FakeClient("sqs", send)
    return DueMessages(lambda: queue, "https://sqs.example/audience")


class TestDueMessages:
    def test_go_ten_a_call(self) -> None:
        sent: list[Any] = []
        messages(sent).send(Due(f"brd_{number}", 0) for number in range(23))
        assert [len(batch) for batch in sent] == [10, 10, 3]
        assert json.loads(sent[0][0]["MessageBody"])["detail"]["broadcast_id"] == "brd_0"

    def test_are_never_later_than_the_queue_can(self) -> None:
        sent: list[Any] = []
        messages(sent).send([Due("brd_1", 7201)])
        assert sent[0][0]["DelaySeconds"] == MAX_DELAY_SECONDS

    def test_that_are_not_taken_are_told(self) -> None:
        with pytest.raises(MessagesNotSent, match="1 of 2"):
            messages([], failed=1).send([Due("brd_1", 0), Due("brd_2", 0)])

    def test_none_is_no_call(self) -> None:
        sent: list[Any] = []
        messages(sent).send([])
        assert sent == []


class TestRecordingNotes:
    @pytest.mark.parametrize(
        "note", [b"", b"not json", b"[]", b"{}", b'{"recording_started_at": 7}', b"\xff\xfe"]
    )
    def test_that_say_nothing(self, world: LiveWorld, note: bytes) -> None:
        key = f"{PREFIX}/events/recording-ended.json"
        client("s3").put_object(Bucket=RECORDINGS, Key=key, Body=note)
        assert world.notes.started_at(recording("Recording End")) is None

    def test_that_are_not_there(self, world: LiveWorld) -> None:
        assert world.notes.started_at(recording("Recording End")) is None
        assert world.notes.started_at(recording("Recording Start")) is None

    def test_say_when_the_first_frame_was(self, world: LiveWorld) -> None:
        note = json.dumps({"recording_started_at": "2026-11-21T09:30:00Z"}).encode()
        key = f"{PREFIX}/events/recording-ended.json"
        client("s3").put_object(Bucket=RECORDINGS, Key=key, Body=note)
        assert world.notes.started_at(recording("Recording End")) == START

    def test_of_another_bucket_are_not_ours(self, world: LiveWorld) -> None:
        assert not world.notes.is_ours(recording("Recording End"))
        ours = recording("Recording End", recording_s3_bucket_name=RECORDINGS)
        assert world.notes.is_ours(ours)


class TestMeasurements:
    def test_of_a_channel_that_cloudwatch_has_nothing_of(self) -> None:
        empty: Any = FakeClient("cloudwatch", lambda *_: {"MetricDataResults": []})
        health = Measurements(lambda: empty).health("arn:a/b", START, START, START)
        assert set(health.series) == {
            "video_bitrate_bps",
            "audio_bitrate_bps",
            "frame_rate",
            "keyframe_interval_s",
        }
        assert not any(health.series.values())
