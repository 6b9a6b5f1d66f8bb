"""A creator asked for a channel: IVS makes it, or is found to have made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import provisioning
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `ChannelRequested.v1`."""
    return handle_each(batch, _channel_requested)


def _channel_requested(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    provisioning().provision(event.data["channel_id"])
    logger().info("channel ready", extra={"channel_id": event.data["channel_id"]})
