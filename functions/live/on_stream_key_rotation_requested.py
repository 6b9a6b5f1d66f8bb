"""A creator asked for another stream key: the old one stops working."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import provisioning
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `StreamKeyRotationRequested.v1`."""
    return handle_each(batch, _rotation_requested)


def _rotation_requested(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    provisioning().rotate(event.data["channel_id"])
    logger().info("stream key rotated", extra={"channel_id": event.data["channel_id"]})
