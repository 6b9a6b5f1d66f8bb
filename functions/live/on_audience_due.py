"""A broadcast is to be looked at: its viewers counted, its reconnect window closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import audience_fold
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records of the audience queue, each made by `due_messages`."""
    return handle_each(batch, _audience_due)


def _audience_due(envelope: Mapping[str, Any]) -> None:
    audience_fold().due(envelope["detail"]["broadcast_id"])
