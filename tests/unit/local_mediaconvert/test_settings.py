"""Settings: refused by name, or acted upon in the one ffmpeg call."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from infra.local.mediaconvert.accepted import CREATE_JOB
from infra.local.mediaconvert.bench_command import argv_of_job
from infra.local.mediaconvert.ffmpeg_command import SourceTraits, ffmpeg_argv, segment_frames
from infra.local.mediaconvert.plan import plan_of
from infra.local.service.errors import BadRequest
from tests import media
from tests.unit.local_mediaconvert.jobs import (
    full_request,
    on_the_wire,
    plan,
    preview_request,
    source_info,
)

Change = Callable[[dict[str, Any]], Any]


def a_body() -> dict[str, Any]:
    return copy.deepcopy(on_the_wire(full_request()))


def streams(body: dict[str, Any]) -> dict[str, Any]:
    group: dict[str, Any] = body["settings"]["outputGroups"][0]
    return group


def h264(body: dict[str, Any]) -> dict[str, Any]:
    video = streams(body)["outputs"][0]["videoDescription"]
    settings: dict[str, Any] = video["codecSettings"]["h264Settings"]
    return settings


def refusal(change: Change) -> str:
    body = a_body()
    change(body)
    with pytest.raises(BadRequest) as refused:
        accept(body)
    return refused.value.message


def accept(body: dict[str, Any]) -> None:
    CREATE_JOB.check(body, "")
    plan_of(body["settings"])


class TestRefusing:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            (lambda b: b.update(jobTemplate="x"), "/jobTemplate"),
            (lambda b: b.update(accelerationSettings={"mode": "ENABLED"}), "/accelerationSettings"),
            (lambda b: b["settings"].update(adAvailOffset=1), "/settings/adAvailOffset"),
            (
                lambda b: b["settings"]["inputs"][0].update(inputClippings=[]),
                "/settings/inputs/0/inputClippings",
            ),
            (
                lambda b: b["settings"]["inputs"][0]["videoSelector"].update(rotate="DEGREES_90"),
                "/settings/inputs/0/videoSelector/rotate",
            ),
            (lambda b: h264(b).update(softness=3), "/h264Settings/softness"),
            (lambda b: h264(b).update(codecProfile="HIGH_10BIT"), "/h264Settings/codecProfile"),
            (lambda b: h264(b).update(interlaceMode="TOP_FIELD"), "/h264Settings/interlaceMode"),
            (lambda b: h264(b).update(maxBitrate=1), "/h264Settings/maxBitrate"),
            (lambda b: h264(b).update(gopSize=True), "/h264Settings/gopSize"),
            (
                lambda b: streams(b)["outputGroupSettings"]["cmafGroupSettings"].update(
                    encryption={}
                ),
                "/cmafGroupSettings/encryption",
            ),
            (
                lambda b: streams(b)["outputs"][0].update(captionDescriptions=[]),
                "/outputs/0/captionDescriptions",
            ),
            (
                lambda b: streams(b)["outputs"][0]["videoDescription"].update(crop={}),
                "/videoDescription/crop",
            ),
        ],
    )
    def test_a_setting_it_does_not_act_on_is_named(self, change: Change, named: str) -> None:
        assert named in refusal(change)

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            (lambda b: b.pop("role"), "/role: is required"),
            (lambda b: h264(b).pop("maxBitrate"), "maxBitrate: is required"),
            (lambda b: h264(b).update(gopSize=3), "must be the same in all outputs"),
            (lambda b: h264(b).update(rateControlMode="VBR"), "bitrate: is required"),
            (
                lambda b: streams(b)["outputs"][1].update(nameModifier="_240p"),
                "'_240p' is used twice",
            ),
            (lambda b: streams(b)["outputs"][0].pop("nameModifier"), "nameModifier: is required"),
            (
                lambda b: streams(b)["outputs"][0]["videoDescription"].update(width=427),
                "must be even",
            ),
            (lambda b: b["settings"]["inputs"][0].pop("audioSelectors"), "no selector"),
            (lambda b: b["settings"]["outputGroups"].pop(0), "exactly one CMAF_GROUP_SETTINGS"),
            (
                lambda b: streams(b)["outputGroupSettings"].update(
                    fileGroupSettings={"destination": "s3://a/b"}
                ),
                "fileGroupSettings: does not belong",
            ),
            (
                lambda b: streams(b)["outputs"][0]["videoDescription"]["codecSettings"].update(
                    frameCaptureSettings={}
                ),
                "frameCaptureSettings: does not belong",
            ),
            (
                lambda b: streams(b)["outputGroupSettings"]["cmafGroupSettings"].update(
                    destination="s3://media/folder/"
                ),
                "a base file name",
            ),
        ],
    )
    def test_settings_that_do_not_fit_together(self, change: Change, named: str) -> None:
        assert named in refusal(change)

    def test_anything_but_an_object(self) -> None:
        with pytest.raises(BadRequest, match="expected an object"):
            CREATE_JOB.check([], "")


class TestCommand:
    def argv(self, change: Change = lambda body: None, rate: Fraction = Fraction(25)) -> list[str]:
        body = a_body()
        change(body)
        CREATE_JOB.check(body, "")
        traits = SourceTraits(rate)
        return ffmpeg_argv("ffmpeg", plan_of(body["settings"]), traits, Path("/in"))

    def after(self, argv: list[str], option: str) -> str:
        return argv[argv.index(option) + 1]

    def test_the_source_is_read_once(self) -> None:
        assert self.argv().count("-i") == 1

    def test_no_other_file_can_be_reached_through_the_source(self) -> None:
        argv = self.argv()
        assert self.after(argv, "-protocol_whitelist") == "file"
        formats = self.after(argv, "-format_whitelist").split(",")
        assert not {"hls", "concat", "dash", "image2", "lavfi"} & set(formats)

    def test_small_rungs_are_scaled_from_the_next_larger(self) -> None:
        graph = self.after(self.argv(), "-filter_complex")
        assert "[b1]scale=640:360:flags=bicubic,setsar=1,split=2[v1][b0]" in graph
        assert "[b0]scale=426:240:flags=bicubic,setsar=1[v0]" in graph

    def test_key_frames_are_forced_every_gop(self) -> None:
        argv = self.argv(rate=Fraction(30000, 1001))
        assert self.after(argv, "-force_key_frames") == "expr:gte(n,n_forced*60)"
        assert self.after(argv, "-g") == "60"

    def test_rotation_is_followed_only_when_asked(self) -> None:
        def upright(body: dict[str, Any]) -> None:
            body["settings"]["inputs"][0]["videoSelector"]["rotate"] = "DEGREE_0"

        assert "-noautorotate" not in self.argv()
        assert "-noautorotate" in self.argv(upright)

    def test_quality_follows_level_and_bitrate_its_limit(self) -> None:
        def better(body: dict[str, Any]) -> None:
            h264(body)["qvbrSettings"] = {
                "qvbrQualityLevel": 8,
                "qvbrQualityLevelFineTune": 0.5,
            }

        assert self.after(self.argv(), "-crf:v:0") == "23"
        assert self.after(self.argv(better), "-crf:v:0") == "20"
        assert self.after(self.argv(), "-maxrate:v:1") == "800000"

    @pytest.mark.parametrize(
        ("tuning", "preset"),
        [
            ("SINGLE_PASS", "superfast"),
            ("SINGLE_PASS_HQ", "veryfast"),
            ("MULTI_PASS_HQ", "medium"),
        ],
    )
    def test_tuning_chooses_speed(self, tuning: str, preset: str) -> None:
        argv = self.argv(lambda body: h264(body).update(qualityTuningLevel=tuning))
        assert self.after(argv, "-preset:v:0") == preset

    def test_other_rate_controls(self) -> None:
        def constant(body: dict[str, Any]) -> None:
            h264(body).update(rateControlMode="CBR", bitrate=500_000)
            h264(body).pop("qvbrSettings")
            h264(body).pop("maxBitrate")

        argv = self.argv(constant)
        assert self.after(argv, "-b:v:0") == "500000"
        assert self.after(argv, "-minrate:v:0") == "500000"
        assert self.after(argv, "-maxrate:v:0") == "500000"
        assert "-crf:v:0" not in argv

    def test_a_silent_source_has_no_audio_in_the_call(self) -> None:
        body = on_the_wire(full_request(source_info(has_audio=False)))
        argv = ffmpeg_argv(
            "ffmpeg", plan_of(body["settings"]), SourceTraits(Fraction(25)), Path("/in")
        )
        assert not any("0:a" in one or one.startswith("-c:a") for one in argv)

    def test_the_bench_gets_the_same_call(self) -> None:
        argv = argv_of_job(full_request(), media.landscape())
        assert (
            argv[1:] == ffmpeg_argv("", plan(), SourceTraits(Fraction(25)), media.landscape())[1:]
        )

    def test_a_preview_is_one_rung_and_a_poster(self) -> None:
        body = on_the_wire(preview_request())
        argv = ffmpeg_argv(
            "ffmpeg", plan_of(body["settings"]), SourceTraits(Fraction(25)), Path("/in")
        )
        assert argv.count("-map") == 3


@pytest.mark.parametrize(
    ("rate", "frames"),
    [
        (Fraction(25), 100),
        (Fraction(30000, 1001), 120),
        (Fraction(24000, 1001), 96),
        (Fraction(60), 240),
        (Fraction(600, 29), 82),
        (Fraction(1), 4),
        (Fraction(1, 10), 1),
    ],
)
def test_segments_are_whole_gops_of_about_four_seconds(rate: Fraction, frames: int) -> None:
    assert segment_frames(plan(), rate) == frames
