"""Second factors over moto, with people in it."""

from __future__ import annotations

import pytest

from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.aws import client
from tests.software_authenticator import SoftwareAuthenticator
from tests.unit.doubles import CountedIds, MovableClock, OneAtATime
from tests.unit.identity.factors.factor_world import ORIGIN, FactorWorld, build
from tests.unit.identity.world import World, build_world


@pytest.fixture
def here(world: World, ids: CountedIds) -> FactorWorld:
    return build(world, ids)


@pytest.fixture
def shared(world: World, clock: MovableClock, ids: CountedIds) -> FactorWorld:
    """The same for threads: its store does one call at a time."""
    store, secrets = OneAtATime(client("dynamodb")), client("secretsmanager")
    return build(build_world(dynamodb=store, secrets=secrets, clock=clock, ids=ids), ids)


@pytest.fixture
def ann(here: FactorWorld) -> SignedIn:
    return here.person("ann")


@pytest.fixture
def phone() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(ORIGIN)
