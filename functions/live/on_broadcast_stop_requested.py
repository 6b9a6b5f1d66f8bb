"""A creator ended a broadcast: whoever still streams to it is sent away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import following
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `BroadcastStopRequested.v1`."""
    return handle_each(batch, _stop_requested)


def _stop_requested(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    following().stop(event.data["broadcast_id"])
    logger().info("stopped", extra={"broadcast_id": event.data["broadcast_id"]})
