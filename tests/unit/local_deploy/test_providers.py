"""The API is told of its clients at the local identity provider, once for each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local.deploy.providers import DESCRIPTION, NoClientsSecret, tell_clients


@pytest.fixture
def secrets() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


def told(secrets: Any, arn: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    return document


def test_the_secret_is_written_where_it_differs(secrets: Any, tmp_path: Path) -> None:
    arn = secrets.create_secret(Name="clients", Description=DESCRIPTION)["ARN"]
    secrets.create_secret(Name="another", Description="Something else.")

    assert tell_clients(secrets, "http://localhost:1", tmp_path) is True
    first = told(secrets, arn)
    assert tell_clients(secrets, "http://localhost:1", tmp_path) is False
    assert tell_clients(secrets, "http://localhost:2", tmp_path) is True

    assert set(first) == {"google", "apple", "facebook", "github", "x"}
    assert first["google"]["issuer"] == "http://localhost:1/google"
    second = told(secrets, arn)
    assert second["google"]["issuer"] == "http://localhost:2/google"
    assert second["google"]["client_secret"] == first["google"]["client_secret"]


def test_a_stage_without_the_secret_is_refused(secrets: Any, tmp_path: Path) -> None:
    with pytest.raises(NoClientsSecret):
        tell_clients(secrets, "http://localhost:1", tmp_path)
