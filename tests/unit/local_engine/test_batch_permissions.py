"""A batch of messages needs the permission that one message needs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from infra.local.engine import ministack
from infra.local.engine.batch_permissions import allow_batches


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        ("sqs:SendMessageBatch", "sqs:SendMessage"),
        ("sqs:DeleteMessageBatch", "sqs:DeleteMessage"),
        ("sqs:SendMessage", "sqs:SendMessage"),
        ("dynamodb:BatchWriteItem", "dynamodb:BatchWriteItem"),
        (None, None),
    ],
)
def test_permissions(monkeypatch: pytest.MonkeyPatch, asked: str | None, needed: str) -> None:
    actions = SimpleNamespace(extract_iam_action=lambda *_: asked)
    monkeypatch.setattr(ministack, "module", {"core.iam_actions": actions}.__getitem__)
    allow_batches()
    assert actions.extract_iam_action("sqs", "POST") == needed
