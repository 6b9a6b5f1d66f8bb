"""Batches of queue messages are allowed as IAM allows them: by the permission for one.

ministack asks for `sqs:SendMessageBatch`, an action that IAM does not have ("Actions, resources,
and condition keys for Amazon SQS", Service Authorization Reference).
"""

from __future__ import annotations

from typing import Any

from infra.local.engine import ministack

PERMISSION_FOR = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def allow_batches() -> None:
    """Change the action that ministack looks for."""
    actions = ministack.module("core.iam_actions")
    extract = actions.extract_iam_action

    def with_batches(*arguments: Any, **named: Any) -> str | None:
        action: str | None = extract(*arguments, **named)
        return action and PERMISSION_FOR.get(action, action)

    actions.extract_iam_action = with_batches
