"""What wakes the rotation: a schedule, and CloudFormation at deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.identity import every_day_rotate_signing_keys as function
from socialflow.identity import facade, wiring
from socialflow.platform import cloudformation
from socialflow.platform.aws import client
from tests.unit.identity.wired import forget_wiring

SCHEDULE = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}
CREATE = {
    "RequestType": "Create",
    "RequestId": "r",
    "ResponseURL": "https://cloudformation.example/answer",
    "StackId": "s",
    "LogicalResourceId": "SigningKeys",
}


@pytest.fixture(autouse=True)
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function's environment, with an empty secret."""
    arn = client("secretsmanager").create_secret(Name="keys")["ARN"]
    monkeypatch.setenv("SF_SIGNING_KEYS_SECRET", arn)
    client("secretsmanager").create_secret(Name="sealing-keys")
    forget_wiring()
    yield
    forget_wiring()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What CloudFormation was told."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(cloudformation, "_put", lambda _url, body: told.append(json.loads(body)))
    return told


class TestSchedule:
    def test_makes_the_first_key_and_then_leaves_it(self) -> None:
        function.handler(SCHEDULE, None)
        (first,) = wiring.key_secret().read().keys
        function.handler(SCHEDULE, None)
        assert wiring.key_secret().read().keys == (first,)
        assert [jwk["kid"] for jwk in facade.access_tokens().published()] == [first.kid]

    def test_makes_the_key_that_seals(self) -> None:
        function.handler(SCHEDULE, None)
        (first,) = wiring.sealing_secret().ring().keys
        function.handler(SCHEDULE, None)
        assert wiring.sealing_secret().tend().keys == (first,)

    def test_raises_where_the_secret_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SF_SIGNING_KEYS_SECRET", "not-there")
        forget_wiring()
        with pytest.raises(client("secretsmanager").exceptions.ResourceNotFoundException):
            function.handler(SCHEDULE, None)


class TestDeployment:
    def test_failure_is_told(
        self, answers: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SF_SIGNING_KEYS_SECRET", "not-there")
        forget_wiring()
        function.handler(CREATE, None)
        assert answers[0]["Status"] == "FAILED"
        assert "ResourceNotFoundException" in answers[0]["Reason"]

    def test_create_and_update_leave_a_key_in_place(self, answers: list[dict[str, Any]]) -> None:
        function.handler(CREATE, None)
        function.handler(CREATE | {"RequestType": "Update"}, None)
        (key,) = wiring.key_secret().read().keys
        assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]
        assert {answer["PhysicalResourceId"] for answer in answers} == {"signing-keys"}
        assert {answer["Data"]["KeyId"] for answer in answers} == {key.kid}

    def test_delete_keeps_the_keys(self, answers: list[dict[str, Any]]) -> None:
        function.handler(CREATE, None)
        before = wiring.key_secret().read()
        function.handler(CREATE | {"RequestType": "Delete"}, None)
        assert answers[1]["Status"] == "SUCCESS"
        assert wiring.key_secret().read() == before
