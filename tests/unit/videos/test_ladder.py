"""The ladder, for every shape a camera or an editor makes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.videos.ladder import (
    SHORT_SIDES,
    fit_short_side,
    ladder_for,
    nominal_bitrate_bps,
    output_frame_rate,
    preview_rung_for,
    wants_preview,
)
from tests.unit.videos.sources import a_source

EDGES = st.integers(min_value=32, max_value=8192)
RATES = st.fractions(min_value=1, max_value=240, max_denominator=1001)


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1920, 1080, [(426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080)]),
        (1080, 1920, [(240, 426), (360, 640), (480, 854), (720, 1280), (1080, 1920)]),
        (641, 361, [(426, 240), (640, 360)]),
        (320, 180, [(320, 180)]),
        (101, 77, [(100, 76)]),
        (640, 640, [(240, 240), (360, 360), (480, 480)]),
    ],
)
def test_known_shapes(width: int, height: int, sizes: list[tuple[int, int]]) -> None:
    assert [(rung.width, rung.height) for rung in ladder_for(a_source(width, height))] == sizes


def test_ultra_hd_gets_all_seven() -> None:
    assert [rung.short_side for rung in ladder_for(a_source(3840, 2160))] == list(SHORT_SIDES)


def test_eight_k_stops_at_2160() -> None:
    assert ladder_for(a_source(7680, 4320))[-1].name == "2160p"


def test_a_panorama_stays_inside_what_h264_decodes() -> None:
    assert [(r.width, r.height) for r in ladder_for(a_source(8192, 1024))] == [
        (1920, 240),
        (2880, 360),
        (3840, 480),
    ]
    assert [(r.width, r.height) for r in ladder_for(a_source(8192, 300))] == [(4096, 150)]


@given(width=EDGES, height=EDGES, rate=RATES)
def test_rungs_are_even_within_the_source_and_ordered(
    width: int, height: int, rate: Fraction
) -> None:
    rungs = ladder_for(a_source(width, height, frame_rate=rate))
    assert rungs
    for rung in rungs:
        assert rung.width % 2 == rung.height % 2 == 0
        assert 32 <= rung.width <= width
        assert 32 <= rung.height <= height
        assert max(rung.width, rung.height) <= 4096
        assert 100_000 <= rung.max_bitrate_bps <= 60_000_000
    areas = [rung.width * rung.height for rung in rungs]
    assert areas == sorted(set(areas))
    bitrates = [rung.max_bitrate_bps for rung in rungs]
    assert bitrates == sorted(bitrates)


@given(width=st.integers(240, 4096), height=st.integers(240, 4096))
def test_rungs_keep_the_aspect_to_a_pixel(width: int, height: int) -> None:
    for rung in ladder_for(a_source(width, height)):
        scale = Fraction(rung.short_side, min(width, height))
        assert abs(rung.width - width * scale) <= 2 * scale + 2
        assert abs(rung.height - height * scale) <= 2 * scale + 2


@given(width=EDGES, height=EDGES)
def test_portrait_climbs_the_same_ladder(width: int, height: int) -> None:
    upright = [(r.height, r.width) for r in ladder_for(a_source(height, width))]
    assert [(r.width, r.height) for r in ladder_for(a_source(width, height))] == upright


def test_fifty_and_sixty_frames_a_second_cost_half_as_much_again() -> None:
    slow = nominal_bitrate_bps(1920, 1080, Fraction(30))
    assert nominal_bitrate_bps(1920, 1080, Fraction(50)) == slow * 3 // 2


@pytest.mark.parametrize(("width", "height", "short_side"), [(1920, 1080, 360), (320, 180, 180)])
def test_the_preview_is_the_highest_rung_up_to_360(
    width: int, height: int, short_side: int
) -> None:
    assert preview_rung_for(a_source(width, height)).short_side == short_side


def test_only_sources_over_a_minute_want_a_preview() -> None:
    assert not wants_preview(a_source(duration_ms=60_000))
    assert wants_preview(a_source(duration_ms=60_001))


def test_slow_motion_is_played_at_60() -> None:
    assert output_frame_rate(a_source(frame_rate=Fraction(240))) == 60
    assert output_frame_rate(a_source(frame_rate=Fraction(60000, 1001))) is None


def test_stills_are_never_enlarged() -> None:
    assert fit_short_side(a_source(320, 180), 720) == (320, 180)
