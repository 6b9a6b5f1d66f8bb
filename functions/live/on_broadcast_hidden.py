"""A broadcast became private or is deleted: its pictures go from where everybody may look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import thumbnails
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `BroadcastHidden.v1`."""
    return handle_each(batch, _broadcast_hidden)


def _broadcast_hidden(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    thumbnails().remove(event.data["broadcast_id"])
    logger().info("pictures removed", extra={"broadcast_id": event.data["broadcast_id"]})
