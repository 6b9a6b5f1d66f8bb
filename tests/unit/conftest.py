"""In-process AWS for unit tests: moto, with the tables as the stacks make them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from socialflow.platform import aws as aws_clients
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.sign_in_providers import LocalProviders, running_providers

TABLES = {
    "chat": ("gsi1", "gsi2"),
    "identity": ("gsi1", "gsi2"),
    "live": ("gsi1", "gsi2", "gsi3"),
    "videos": ("gsi1", "gsi2", "gsi3"),
    "social": ("gsi1", "gsi2"),
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "SF_STAGE": "test",
    "SF_CONTEXT": "test",
    "SF_EVENT_BUS": "default",
    "SF_PUBLIC_ORIGIN": "http://localhost:8080",
    "SF_SEALING_KEYS_SECRET": "sealing-keys",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "SocialFlow",
} | {f"SF_{context.upper()}_TABLE": context for context in TABLES}


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at `doubles.START` until moved."""
    return MovableClock()


@pytest.fixture
def ids(clock: MovableClock) -> CountedIds:
    """Ids that are the same in every run."""
    return CountedIds(clock)


@pytest.fixture(scope="module")
def _own_clients() -> Iterator[None]:
    """Clients of this module's own: making them costs more than most tests."""
    aws_clients.forget_clients()
    yield
    aws_clients.forget_clients()


@pytest.fixture
def aws(_own_clients: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto with every context's table, and the environment that functions are given."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        for table, indexes in TABLES.items():
            _create_table(table, indexes)
        yield


def _create_table(name: str, indexes: tuple[str, ...]) -> None:
    def schema(partition: str, sort: str) -> Any:
        return [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ]

    keyed: list[Any] = [
        {
            "IndexName": index,
            "KeySchema": schema(f"{index}pk", f"{index}sk"),
            "Projection": {"ProjectionType": "ALL"},
        }
        for index in indexes
    ]
    attributes = ["pk", "sk", *(f"{index}{part}" for index in indexes for part in ("pk", "sk"))]
    aws_clients.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
        GlobalSecondaryIndexes=keyed,
    )


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalProviders]:
    """The sign-in providers of this machine: one process for all tests that ask for it."""
    with running_providers(tmp_path_factory.mktemp("providers")) as started:
        yield started
