"""The review function starts, whatever its first read comes to."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from functions.chat import on_message_review
from socialflow.chat.reviewer import Reviewer
from tests.unit.chat.world import ChatWorld


@pytest.fixture
def started(world: ChatWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The reads of a process that Lambda has started while the table refused it."""
    reads: list[str] = []

    def refused(_: Reviewer) -> None:
        reads.append("warm-up")
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "BatchGetItem")

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "review")
    monkeypatch.setattr(Reviewer, "warm_up", refused)
    importlib.reload(on_message_review)
    yield reads
    monkeypatch.undo()
    importlib.reload(on_message_review)


def test_instances_that_are_kept_ready_come_up_before_their_role_has_spread(
    started: list[str],
) -> None:
    """One that does not start fails the deployment with it."""
    assert started == ["warm-up"]
    warm = {"Content": "", "MessageId": "", "RoomArn": "", "Sender": {"UserId": ""}}
    assert on_message_review.handler(warm, None)["ReviewResult"] == "ALLOW"
