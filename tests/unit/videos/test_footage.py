"""Footage: whatever is told in whatever order, it is the same, and the larger one is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from socialflow.videos.replay import MAX_RECORDINGS, footage_of
from tests.unit.videos.recorded import a_recording

NUMBERS = st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=20)


class TestFootage:
    def test_recordings_of_no_length_are_left_out(self) -> None:
        lengths = [0, -1, 20_000]
        found = footage_of(a_recording(n, duration_ms=ms) for n, ms in enumerate(lengths, 1))
        assert found.recordings == (a_recording(3),)

    def test_of_a_recording_told_twice_the_longer_counts(self) -> None:
        short, long = a_recording(1, duration_ms=5000), a_recording(1)
        assert footage_of([long, short]) == footage_of([short, long]) == footage_of([long])

    def test_sessions_at_the_same_moment_have_an_order(self) -> None:
        one = a_recording(1)
        two = replace(a_recording(2), started_at=one.started_at)
        assert footage_of([two, one]).recordings == footage_of([one, two]).recordings

    def test_it_is_bounded(self) -> None:
        recordings = [a_recording(number) for number in range(1, MAX_RECORDINGS + 50)]
        assert footage_of(reversed(recordings)).recordings == tuple(recordings[:MAX_RECORDINGS])

    def test_other_recordings_make_another_set(self) -> None:
        one = a_recording(1)
        later = replace(one, key_prefix=one.key_prefix + "x")
        longer = replace(one, duration_ms=one.duration_ms + 1)
        names = {footage_of([each]).set_name for each in (one, later, longer)}
        assert len(names) == 3

    def test_a_moment_more_or_less_is_the_same_set(self) -> None:
        """IVS tells a recording's beginning twice, to the second and to the millisecond."""
        one = a_recording(1)
        moved = replace(one, started_at=one.started_at + timedelta(milliseconds=400))
        assert footage_of([one]).extent == footage_of([moved]).extent


@given(NUMBERS, st.randoms())
def test_order_and_repeats_do_not_matter(numbers: list[int], chance: Random) -> None:
    told = [a_recording(number) for number in numbers]
    chance.shuffle(told)
    again = footage_of([*told, *told])
    assert again == footage_of(a_recording(number) for number in numbers)
    assert [each.started_at for each in again.recordings] == sorted(
        {a_recording(number).started_at for number in numbers}
    )


@given(NUMBERS, st.integers(min_value=31, max_value=60))
def test_more_recordings_are_always_of_a_larger_extent(numbers: list[int], more: int) -> None:
    smaller = footage_of(a_recording(number) for number in numbers)
    larger = footage_of(a_recording(number) for number in (*numbers, more))
    assert smaller.extent < larger.extent
