"""Which rungs a source gets."""

from __future__ import annotations

import pytest

from infra.local.ivs.ladder import ladder_of, rung_of_class


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1280, 720, {"720p30": (1280, 720), "480p30": (854, 480), "360p30": (640, 360)}),
        (1920, 1080, {"720p30": (1280, 720), "480p30": (854, 480), "360p30": (640, 360)}),
        (640, 360, {"360p30": (640, 360), "160p30": (284, 160)}),
        (720, 1280, {"720p30": (720, 1280), "480p30": (480, 854), "360p30": (360, 640)}),
        (500, 500, {"500p30": (500, 500), "360p30": (360, 360), "160p30": (160, 160)}),
        (641, 361, {"361p30": (640, 360), "160p30": (284, 160)}),
        (64, 64, {"64p30": (64, 64)}),
        (1, 1, {"2p30": (2, 2)}),
    ],
)
def test_rungs_are_the_sources_size_and_ivs_sizes_below(
    width: int, height: int, expected: dict[str, tuple[int, int]]
) -> None:
    rungs = ladder_of(width, height, 30)
    assert {rung.name: (rung.width, rung.height) for rung in rungs} == expected
    assert all(rung.width % 2 == rung.height % 2 == 0 for rung in rungs)
    assert [rung.kbps for rung in rungs] == sorted((rung.kbps for rung in rungs), reverse=True)


def test_a_resolution_class_is_the_best_rung_in_it_or_the_next_below() -> None:
    rungs = ladder_of(1280, 720, 30)
    assert rung_of_class(rungs, "FULL_HD").name == "720p30"
    assert rung_of_class(rungs, "HD").name == "720p30"
    assert rung_of_class(rungs, "SD").name == "480p30"
    assert rung_of_class(rungs, "LOWEST_RESOLUTION").name == "360p30"
    assert rung_of_class(rungs, "").name == "720p30"
    assert rung_of_class(ladder_of(640, 480, 30)[:1], "LOWEST_RESOLUTION").name == "480p30"
