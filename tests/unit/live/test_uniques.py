"""Different viewers: exact while they are few, then to within what is documented."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.live.uniques import EXACT, Uniques

VIEWERS = st.lists(st.integers(0, 30).map(lambda n: f"u{n}"), max_size=20)
MAX_BYTES = 4 * 1024 + 1


def of(*viewers: str) -> Uniques:
    return Uniques().with_viewers(viewers)


class TestFew:
    @given(VIEWERS)
    def test_are_counted_exactly(self, viewers: list[str]) -> None:
        assert of(*viewers).count() == len(set(viewers))

    @given(VIEWERS, VIEWERS)
    def test_are_a_union(self, one: list[str], other: list[str]) -> None:
        both = of(*one, *other)
        assert of(*one).union(of(*other)) == of(*other).union(of(*one)) == both
        assert both.union(of(*one)) == both

    @given(VIEWERS)
    def test_come_back_as_they_were_kept(self, viewers: list[str]) -> None:
        assert Uniques.from_bytes(of(*viewers).to_bytes()) == of(*viewers)


class TestMany:
    @pytest.mark.parametrize("number", [EXACT, EXACT + 1, 2_000, 10_000, 60_000])
    def test_are_within_five_standard_errors(self, number: int) -> None:
        counted = Uniques()
        for start in range(0, number, 1000):
            counted = counted.with_viewers(f"u{n}" for n in range(start, min(number, start + 1000)))
        error = abs(counted.count() - number) / number
        assert error <= (0 if number <= EXACT else 5 * 0.0163)
        assert len(counted.to_bytes()) <= MAX_BYTES
        assert Uniques.from_bytes(counted.to_bytes()) == counted

    def test_come_to_the_same_in_any_order_and_with_repeats(self) -> None:
        viewers = [f"u{n}" for n in range(3 * EXACT)]
        shuffled = viewers + viewers[::3]
        random.Random(7).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        counted = Uniques()
        for viewer in shuffled:
            counted = counted.with_viewers([viewer])
        halves = of(*viewers[: 2 * EXACT]).union(of(*viewers[EXACT:]))
        assert counted == of(*viewers) == halves

    def test_take_in_a_few(self) -> None:
        many, few = of(*(f"u{n}" for n in range(2 * EXACT))), of("u1", "u2")
        assert few.union(many) == many.union(few) == many
