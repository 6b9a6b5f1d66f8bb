"""Fixtures of the functional tests: the shared target's origin, its account, and people."""

from __future__ import annotations

import pytest

from infra.local.supervisor import LocalTarget
from tests.functional.account import AwsAccount
from tests.functional.people import Device, register


@pytest.fixture
def origin(target: LocalTarget) -> str:
    """Where clients come in."""
    return target.origin


@pytest.fixture
def account(target: LocalTarget) -> AwsAccount:
    """What the administrator sees."""
    return AwsAccount(target)


@pytest.fixture
def ann(origin: str) -> Device:
    """A new creator, signed in."""
    return register(origin, "ann")


@pytest.fixture
def bob(origin: str) -> Device:
    """Somebody else."""
    return register(origin, "bob")
