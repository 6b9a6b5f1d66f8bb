"""Every kind of file ends as it should: ready with what it is, or failed with why, and no remains.

All of them are uploaded first and then waited for: processing goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.supervisor import LocalTarget
from tests import media
from tests.functional.account import AwsAccount
from tests.functional.people import Device, register

LANDSCAPE = [(426, 240), (640, 360)]
PORTRAIT = [(240, 426), (360, 640)]
AT_ONCE = 4


@dataclass(frozen=True)
class Expected:
    """What a source becomes."""

    renditions: list[tuple[int, int]]
    duration_ms: int = 2000
    has_sound: bool = True


EXPECTED = {
    **dict.fromkeys(media.SOURCES, Expected(LANDSCAPE)),
    "silent": Expected(LANDSCAPE, has_sound=False),
    "portrait": Expected(PORTRAIT),
    "rotated": Expected(PORTRAIT),
    "odd dimensions": Expected([(426, 240), (640, 360)]),
    "1 s long": Expected(LANDSCAPE, duration_ms=1000),
}
BROKEN: dict[str, tuple[Callable[[], Path], dict[str, Any], str]] = {
    **{name: (make, {}, code) for name, (make, code) in media.BROKEN_SOURCES.items()},
    "of another type than declared": (
        media.vp9_webm,
        {"content_type": "video/mp4"},
        "type_mismatch",
    ),
}


def _upload_all(uploads: dict[str, Callable[[], str]]) -> dict[str, str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(uploads, pool.map(lambda upload: upload(), uploads.values()), strict=True))


@pytest.fixture(scope="module")
def creator(target: LocalTarget) -> Device:
    return register(target.origin, "maker")


@pytest.fixture(scope="module")
def good(creator: Device) -> dict[str, str]:
    """The video of every source that must work, by the name of its kind."""

    def upload(name: str, make: Callable[[], Path]) -> str:
        return creator.upload(make(), title=name, file={"name": f"été 日本 {make().name}"})

    return _upload_all(
        {
            name: (lambda name=name, make=make: upload(name, make))  # type: ignore[misc]
            for name, make in media.SOURCES.items()
        }
    )


@pytest.fixture(scope="module")
def broken(creator: Device) -> dict[str, str]:
    """The video of every source that must be refused, by the name of its kind."""

    def upload(name: str) -> str:
        make, declared, _ = BROKEN[name]
        return creator.upload(make(), title=name, file=declared)

    return _upload_all({name: (lambda name=name: upload(name)) for name in BROKEN})  # type: ignore[misc]


@pytest.mark.parametrize("name", media.SOURCES)
def test_it_becomes_a_video_that_plays(name: str, good: dict[str, str], creator: Device) -> None:
    expected = EXPECTED[name]

    video = creator.wait_until_ready(good[name])

    assert [(each["width"], each["height"]) for each in video["renditions"]] == expected.renditions
    assert video["duration_ms"] == pytest.approx(expected.duration_ms, abs=120)
    master = httpx.get(video["playback"]["hls_url"]).text
    assert ("TYPE=AUDIO" in master) is expected.has_sound
    assert master.count("#EXT-X-STREAM-INF") == len(expected.renditions)
    for url in video["playback"].values():
        assert httpx.get(url).status_code == 200


@pytest.mark.parametrize("name", BROKEN)
def test_it_fails_with_a_reason_and_leaves_no_file(
    name: str, broken: dict[str, str], creator: Device, account: AwsAccount
) -> None:
    video = creator.wait_until_over(broken[name])

    assert video["status"] == "failed"
    assert video["failure"]["code"] == BROKEN[name][2]
    assert video["failure"]["message"].endswith(".")
    assert video["playback"] is None
    account.wait_until_only_its_row(broken[name])


def test_a_failed_video_is_seen_by_its_owner_alone_and_can_be_deleted(
    broken: dict[str, str], creator: Device, bob: Device, account: AwsAccount
) -> None:
    video_id = broken["truncated"]
    creator.wait_until_over(video_id)
    assert bob.get(f"/v1/videos/{video_id}").status_code == 404

    assert creator.delete(f"/v1/videos/{video_id}").status_code == 204

    account.wait_until_gone(video_id)
