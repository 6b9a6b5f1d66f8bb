"""A poll opened, closed or was voted in, or its alarm rang: the room is told, if it is time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.chat.handler_wiring import announcements
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `PollChanged.v1` from the bus or from this function itself."""
    return handle_each(batch, _poll_changed)


def _poll_changed(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    announcements().changed(event.data["poll_id"], event_id=event.id)
    logger().info("poll seen to", extra={"poll_id": event.data["poll_id"]})
