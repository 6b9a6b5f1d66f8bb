"""A secret with a sealing key in place, and what seals with it."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.aws import client
from tests.unit.doubles import MovableClock

SECRET = "sealing-keys-of-a-test"


@pytest.fixture
def secret(aws: None, clock: MovableClock) -> SealingSecret:
    """A secret with its first key in place."""
    client("secretsmanager").create_secret(Name=SECRET)
    made = secret_of(clock)
    made.tend()
    return made


@pytest.fixture
def sealer(secret: SealingSecret, clock: MovableClock) -> Sealer:
    return Sealer(secret, clock=clock)


def secret_of(clock: MovableClock, secrets: Any = None) -> SealingSecret:
    return SealingSecret(lambda: secrets or client("secretsmanager"), SECRET, clock=clock)
