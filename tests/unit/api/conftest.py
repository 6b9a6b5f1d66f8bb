"""The whole API in this process, over one account in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash_points.cloud import Cloud, account
from tests.crash_points.plan import Plan
from tests.crash_points.world import World, running


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


@pytest.fixture
def world(cloud: Cloud) -> Iterator[World]:
    """Tables, buckets and keys, a clock that stands still, and nobody there."""
    with running(cloud, Plan()) as world:
        yield world
