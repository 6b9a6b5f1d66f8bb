"""Whatever call a process dies at, the end is the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash_points.cloud import account
from tests.crash_points.harness import Harness
from tests.crash_points.plan import Plan
from tests.crash_points.scenarios import SCENARIOS

# Each scenario in a few tests, so that workers share the longer ones.
SLICES = 3


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with account() as cloud:
        yield Harness(cloud)


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_crash_at_any_call_changes_nothing_in_the_end(
    harness: Harness, name: str, part: int
) -> None:
    scenario = SCENARIOS[name]
    boundaries = harness.boundaries(scenario)[part::SLICES]
    assert boundaries
    found = [harness.trouble(scenario, Plan(crash_at=each)) for each in boundaries]
    troubles = [trouble for trouble in found if trouble]
    assert not troubles, f"{len(troubles)} of {len(boundaries)}:\n" + "\n".join(troubles)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_delivery_twice_changes_nothing_in_the_end(harness: Harness, name: str) -> None:
    assert not harness.trouble(SCENARIOS[name], Plan(repeat_all=True))
