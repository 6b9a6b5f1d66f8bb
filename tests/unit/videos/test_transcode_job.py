"""The job must satisfy MediaConvert's own service model and this project's promises."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from hypothesis import given
from hypothesis import strategies as st

from socialflow.videos.ladder import ladder_for
from socialflow.videos.transcode_job import JobTarget, full_job, preview_job
from tests.unit.videos.sources import a_source

TARGET = JobTarget(
    stage="local",
    video_id="vid_01JD0000000000000000000000",
    attempt=1,
    source_url="s3://uploads/uploads/vid_01JD0000000000000000000000/source",
    destination_url="s3://media/media/public/vid_01JD0000000000000000000000/a1/",
    role_arn="arn:aws:iam::000000000000:role/transcoding",
    queue_arn="arn:aws:mediaconvert:us-east-1:000000000000:queues/videos",
)
CREATE_JOB_INPUT: Any = (
    botocore.session.get_session()
    .get_service_model("mediaconvert")
    .operation_model("CreateJob")
    .input_shape
)


def outputs_of(job: Any, codec: str) -> list[dict[str, Any]]:
    return [
        output
        for group in job["Settings"]["OutputGroups"]
        for output in group["Outputs"]
        if output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec") == codec
    ]


def violations(value: Any, shape: Any, path: str = "") -> list[str]:
    """Enumerations and patterns, which botocore's validator leaves to the service."""
    if shape.type_name == "structure":
        return [
            fault
            for name, inner in value.items()
            for fault in violations(inner, shape.members[name], f"{path}/{name}")
        ]
    if shape.type_name == "list":
        return [fault for one in value for fault in violations(one, shape.member, path)]
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        return [f"{path}: {value}"]
    return []


class TestService:
    @given(
        width=st.integers(32, 8192),
        height=st.integers(32, 8192),
        duration_ms=st.integers(1, 12 * 3600 * 1000),
        rate=st.fractions(min_value=1, max_value=240, max_denominator=1001),
        has_audio=st.booleans(),
    )
    def test_every_job_is_valid_for_the_real_service(
        self, width: int, height: int, duration_ms: int, rate: Fraction, has_audio: bool
    ) -> None:
        source = a_source(
            width, height, duration_ms=duration_ms, frame_rate=rate, has_audio=has_audio
        )
        for job in (full_job(TARGET, source), preview_job(TARGET, source)):
            validate_parameters(job, CREATE_JOB_INPUT)
            assert violations(job, CREATE_JOB_INPUT) == []

    def test_a_wrong_setting_would_be_noticed(self) -> None:
        job: Any = full_job(TARGET, a_source())
        job["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["Type"] = "CMAF"
        assert violations(job, CREATE_JOB_INPUT) == [
            "/Settings/OutputGroups/OutputGroupSettings/Type: CMAF"
        ]


class TestFullJob:
    def test_one_output_for_each_rung_and_one_for_the_sound(self) -> None:
        job = full_job(TARGET, a_source(1280, 720))
        names = [o.get("NameModifier") for o in job["Settings"]["OutputGroups"][0]["Outputs"]]
        assert names == ["_240p", "_360p", "_480p", "_720p", "_audio"]

    def test_a_silent_source_asks_for_no_sound(self) -> None:
        job = full_job(TARGET, a_source(has_audio=False))
        assert "AudioSelectors" not in job["Settings"]["Inputs"][0]
        assert not any(
            "AudioDescriptions" in output
            for group in job["Settings"]["OutputGroups"]
            for output in group["Outputs"]
        )

    def test_everything_lands_under_the_set(self) -> None:
        for slash in ("", "/"):
            target = JobTarget(
                stage="local",
                video_id="vid_1",
                attempt=1,
                source_url="s3://uploads/x",
                destination_url="s3://media/set" + slash,
                role_arn="role",
                queue_arn="queue",
            )
            groups = full_job(target, a_source())["Settings"]["OutputGroups"]
            destinations = [
                next(
                    settings["Destination"]
                    for settings in group["OutputGroupSettings"].values()
                    if isinstance(settings, dict)
                )
                for group in groups
            ]
            assert destinations == [
                "s3://media/set/stream",
                "s3://media/set/poster",
                "s3://media/set/frames",
            ]

    def test_all_rungs_share_gop_and_rate(self) -> None:
        job = full_job(TARGET, a_source(frame_rate=Fraction(120)))
        shared = {
            (
                h264["GopSize"],
                h264["GopSizeUnits"],
                h264["FramerateControl"],
                h264["FramerateNumerator"],
                h264["FramerateDenominator"],
            )
            for output in outputs_of(job, "H_264")
            for h264 in [output["VideoDescription"]["CodecSettings"]["H264Settings"]]
        }
        assert shared == {(2, "SECONDS", "SPECIFIED", 60, 1)}

    def test_events_of_the_job_can_be_told_apart(self) -> None:
        assert full_job(TARGET, a_source())["UserMetadata"] == {
            "app": "socialflow-local",
            "video_id": "vid_01JD0000000000000000000000",
            "kind": "full",
            "attempt": "1",
            "storyboard_interval_s": "1",
        }


class TestToken:
    def test_is_the_same_for_the_same_request(self) -> None:
        assert (
            full_job(TARGET, a_source())["ClientRequestToken"]
            == full_job(TARGET, a_source())["ClientRequestToken"]
        )

    def test_differs_by_kind(self) -> None:
        assert (
            full_job(TARGET, a_source())["ClientRequestToken"]
            != preview_job(TARGET, a_source())["ClientRequestToken"]
        )

    def test_never_exceeds_64_characters(self) -> None:
        target = JobTarget("prod", "v" * 200, 12, "s3://u/x", "s3://m/x", "role", "queue")
        assert len(preview_job(target, a_source())["ClientRequestToken"]) <= 64


class TestPreviewJob:
    def test_goes_before_any_full_job(self) -> None:
        preview, full = preview_job(TARGET, a_source()), full_job(TARGET, a_source())
        assert preview["Priority"] > full["Priority"]

    def test_is_one_low_rung_of_the_ladder_and_a_poster(self) -> None:
        job = preview_job(TARGET, a_source())
        (video,) = outputs_of(job, "H_264")
        rung = ladder_for(a_source())[1]
        assert video["VideoDescription"]["Height"] == rung.height == 360
        assert len(outputs_of(job, "FRAME_CAPTURE")) == 1


@pytest.mark.parametrize("duration_ms", [1, 1000, 30_000, 100_001, 3_600_000, 43_200_000])
def test_storyboards_have_at_most_100_frames(duration_ms: int) -> None:
    job = full_job(TARGET, a_source(duration_ms=duration_ms))
    storyboard = outputs_of(job, "FRAME_CAPTURE")[1]
    capture = storyboard["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
    assert capture["MaxCaptures"] == 100
    interval_ms = capture["FramerateDenominator"] / capture["FramerateNumerator"] * 1000
    assert duration_ms / interval_ms <= 100


@pytest.mark.parametrize("duration_ms", [40, 1000, 30_000, 600_000])
def test_the_second_poster_capture_lies_inside_the_video(duration_ms: int) -> None:
    poster = outputs_of(full_job(TARGET, a_source(duration_ms=duration_ms)), "FRAME_CAPTURE")[0]
    capture = poster["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
    assert capture["FramerateDenominator"] / capture["FramerateNumerator"] * 1000 < duration_ms
