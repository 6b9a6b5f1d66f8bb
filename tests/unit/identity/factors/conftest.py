"""Second factors over moto, with people in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.aws import client
from tests.software_authenticator import SoftwareAuthenticator
from tests.unit.doubles import START, CountedIds, MovableClock, OneAtATime
from tests.unit.identity.factors import calling
from tests.unit.identity.factors.factor_world import ORIGIN, FactorWorld, build
from tests.unit.identity.requests import bearer, register
from tests.unit.identity.world import World, build_world
from tests.unit.in_process import InProcess


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


@pytest.fixture
def wall_clock(api: InProcess) -> Iterator[time_machine.Traveller]:
    """What the API takes for the time, moved by hand."""
    with time_machine.travel(START + timedelta(days=1), tick=False) as moved:
        yield moved


@pytest.fixture
def caller(api: InProcess, wall_clock: time_machine.Traveller) -> dict[str, str]:
    """The authorization of somebody who has just signed in."""
    return bearer(register(api))


@pytest.fixture
def browser() -> SoftwareAuthenticator:
    """Somebody's browser on the stage's own page."""
    return SoftwareAuthenticator(calling.ORIGIN)
