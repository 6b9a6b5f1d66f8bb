"""The identity context over moto."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey

from api.app import create_app
from socialflow.identity import wiring
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.identity.forging import decoded
from tests.unit.identity.wired import forget_wiring
from tests.unit.identity.world import SEALING_SECRET, SECRET, World, build_world
from tests.unit.in_process import InProcess


@pytest.fixture
def bare_world(aws: None, clock: MovableClock, ids: CountedIds) -> World:
    """Identity as first deployed: no key that signs."""
    client("secretsmanager").create_secret(Name=SECRET)
    client("secretsmanager").create_secret(Name=SEALING_SECRET)
    world = build_world(
        dynamodb=client("dynamodb"), secrets=client("secretsmanager"), clock=clock, ids=ids
    )
    world.sealing.tend()
    return world


@pytest.fixture
def world(bare_world: World) -> World:
    """Identity with its first key in place."""
    bare_world.rotation.run()
    bare_world.calls.names.clear()
    bare_world.secret_calls.names.clear()
    return bare_world


@pytest.fixture
def token(world: World) -> str:
    """A genuine token."""
    return world.register_ann().access_token


@pytest.fixture
def claims(token: str) -> dict[str, Any]:
    """The genuine token's claims."""
    return decoded(token.split(".")[1])


@pytest.fixture
def header(token: str) -> dict[str, Any]:
    """The genuine token's header."""
    return decoded(token.split(".")[0])


@pytest.fixture
def our_key(world: World) -> ECKey:
    """The very key that signs."""
    return ECKey.import_key(dict(world.secret.ring().current(world.clock()).private_jwk))


@pytest.fixture
def api(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[InProcess]:
    """The identity API over moto, with its keys in place."""
    arn = client("secretsmanager").create_secret(Name="keys")["ARN"]
    monkeypatch.setenv("SF_SIGNING_KEYS_SECRET", arn)
    client("secretsmanager").create_secret(Name=SEALING_SECRET)
    forget_wiring()
    wiring.key_rotation().run()
    wiring.sealing_secret().tend()
    yield InProcess(create_app("identity"))
    forget_wiring()
