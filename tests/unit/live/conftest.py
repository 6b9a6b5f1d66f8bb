"""The live context over moto."""

from __future__ import annotations

import pytest

from socialflow.platform.principal import Principal
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.live.world import LiveWorld, build_world


@pytest.fixture
def world(aws: None, clock: MovableClock, ids: CountedIds) -> LiveWorld:
    """Live with its buckets, and nobody there."""
    return build_world(clock, ids)


@pytest.fixture
def ann(world: LiveWorld) -> Principal:
    """A creator."""
    return world.person("ann")


@pytest.fixture
def ben(world: LiveWorld) -> Principal:
    """Somebody else."""
    return world.person("ben")
