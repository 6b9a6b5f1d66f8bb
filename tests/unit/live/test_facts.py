"""Events of IVS, read. Shapes are those of the IVS User Guide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialflow.live.facts import (
    HEALTH_CHANGE,
    LIMIT_BREACH,
    RECORDING_CHANGE,
    STATE_CHANGE,
    recording_fact,
    stream_fact,
)
from socialflow.live.sessions import IncidentKind, RecordingStatus
from tests.unit.doubles import START

CHANNEL = "chn_01M7YQ1WE0000000000000000Z"
ARN = "arn:aws:ivs:us-east-1:123456789012:channel/AbCdEf12GhIj"
STREAM = "st-1A2b3c4D5e6F78ghij9Klmn"
PREFIX = "ivs/v1/123456789012/AbCdEf12GhIj/2026/11/21/9/5/Hs8dK2lmPq0Z"


def event(detail_type: str, **detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "01234567-0123-0123-0123-012345678901",
        "detail-type": detail_type,
        "source": "aws.ivs",
        "account": "123456789012",
        "time": "2026-11-21T09:30:00Z",
        "region": "us-east-1",
        "resources": [ARN],
        "detail": {"channel_name": CHANNEL, "stream_id": STREAM, **detail},
    }


def recording(status: str, **detail: Any) -> dict[str, Any]:
    return event(
        RECORDING_CHANGE,
        **{
            "recording_status": status,
            "recording_status_reason": "",
            "recording_s3_bucket_name": "recordings",
            "recording_s3_key_prefix": PREFIX,
            "recording_duration_ms": 0,
            "recording_session_id": "uxa0OrtRP8RsaB3d",
            "recording_session_stream_ids": [STREAM],
            **detail,
        },
    )


class TestStreams:
    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("Stream Start", "started_at"),
            ("Stream End", "ended_at"),
            ("Session Ended", "disconnected_at"),
        ],
    )
    def test_say_when(self, name: str, field: str) -> None:
        fact = stream_fact(event(STATE_CHANGE, event_name=name))
        assert fact
        assert (fact.channel_id, fact.channel_arn, fact.at) == (CHANNEL, ARN, START)
        assert fact.session.stream_id == STREAM
        assert getattr(fact.session, field) == START

    def test_fail(self) -> None:
        fact = stream_fact(event(STATE_CHANGE, event_name="Stream Failure", reason="No room."))
        assert fact
        assert fact.session.failed
        assert fact.session.began_at is None
        assert [(each.kind, each.text) for each in fact.incidents] == [
            (IncidentKind.STREAM_FAILURE, "No room.")
        ]

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("Starvation Start", IncidentKind.STARVATION_START),
            ("Starvation End", IncidentKind.STARVATION_END),
        ],
    )
    def test_starve(self, name: str, kind: IncidentKind) -> None:
        fact = stream_fact(event(HEALTH_CHANGE, event_name=name))
        assert fact
        assert [each.kind for each in fact.incidents] == [kind]
        assert not fact.session.is_running

    def test_break_limits(self) -> None:
        fact = stream_fact(
            event(
                LIMIT_BREACH,
                limit_name="Ingest Bitrate",
                limit_value=8_500_000,
                exceeded_by=1234,
                limit_unit="bits per second",
            )
        )
        assert fact
        assert fact.incidents[0].text == (
            "Ingest Bitrate: 1234 over the limit of 8500000 bits per second"
        )

    @pytest.mark.parametrize(
        "found",
        [
            event(STATE_CHANGE, event_name="Session Created"),
            event(STATE_CHANGE, event_name="Stream Takeover"),
            event(HEALTH_CHANGE, event_name="Stream Start"),
            event("IVS Stage Update", event_name="Participant Published"),
            event(STATE_CHANGE, event_name="Stream Start", channel_name="somebody else's"),
            event(STATE_CHANGE, event_name="Stream Start", stream_id=""),
            {**event(STATE_CHANGE, event_name="Stream Start"), "resources": []},
        ],
    )
    def test_that_are_not_ours_or_say_nothing(self, found: dict[str, Any]) -> None:
        assert stream_fact(found) is None


class TestRecordings:
    def test_start(self) -> None:
        fact = recording_fact(recording("Recording Start"))
        assert fact
        assert fact.session.recording
        assert fact.session.recording.status is RecordingStatus.STARTED
        assert fact.session.recording.key_prefix == PREFIX
        assert fact.session.is_running

    def test_end_with_the_time_of_their_first_frame(self) -> None:
        end = recording("Recording End", recording_duration_ms=70_000)
        first = START - timedelta(seconds=71)
        fact = recording_fact(end, started_at=first)
        assert fact
        assert fact.session.recording
        assert fact.session.recording.started_at == first
        assert fact.session.recording.duration_ms == 70_000

    def test_end_without_it(self) -> None:
        fact = recording_fact(recording("Recording End", recording_duration_ms=70_000))
        assert fact
        assert fact.session.recording
        assert fact.session.recording.started_at == START - timedelta(seconds=70)

    @pytest.mark.parametrize("status", ["Recording Start Failure", "Recording End Failure"])
    def test_fail(self, status: str) -> None:
        fact = recording_fact(recording(status, recording_status_reason="InternalServerException"))
        assert fact
        assert fact.session.recording is None
        assert [each.kind for each in fact.incidents] == [IncidentKind.RECORDING_FAILURE]

    def test_of_a_kind_that_is_new(self) -> None:
        assert recording_fact(recording("Recording Paused")) is None
