"""The identity context over moto."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.identity.world import SECRET, World, build_world


@pytest.fixture
def bare_world(aws: None, clock: MovableClock, ids: CountedIds) -> World:
    """Identity as first deployed: an empty secret, no key."""
    client("secretsmanager").create_secret(Name=SECRET)
    return build_world(
        dynamodb=client("dynamodb"), secrets=client("secretsmanager"), clock=clock, ids=ids
    )


@pytest.fixture
def world(bare_world: World) -> World:
    """Identity with its first key in place."""
    bare_world.rotation.run()
    bare_world.calls.names.clear()
    bare_world.secret_calls.names.clear()
    return bare_world
