"""Queues that survive: under the same URL on any port, their messages not held by the dead.

- ministack keeps a queue under a URL with the engine's port, so that on another port nothing was
  polled any more. The URLs that clients are told are rewritten to the address that they called.
- A message that was being handled when the engine stopped is invisible until its timeout, which is
  six times that of its function. Its receiver is gone, so it may be handled again at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from infra.local.engine import ministack

URL_PORT = "4566"


def keep_queues() -> None:
    """Make ministack's SQS load its queues as described above."""
    sqs = ministack.module("services.sqs")
    sqs.DEFAULT_PORT, sqs._CANONICAL_NETLOC = URL_PORT, f"{sqs.DEFAULT_HOST}:{URL_PORT}"
    restore = sqs.load_persisted_state

    def load_persisted_state(data: dict[str, Any]) -> None:
        restore(data)
        for _, queue in sqs._queues.all_items():
            release(queue["messages"], now=time.time())

    sqs.load_persisted_state = load_persisted_state


def release(messages: Iterable[dict[str, Any]], *, now: float) -> None:
    """Makes visible what somebody has received; what is only delayed stays so."""
    for message in messages:
        if message.get("receive_count") and message.get("visible_at", 0) > now:
            message["visible_at"] = now
