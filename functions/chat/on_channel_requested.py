"""A creator asks for a channel: it gets a chat room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.chat.handler_wiring import rooms
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `ChannelRequested.v1`."""
    return handle_each(batch, _channel_requested)


def _channel_requested(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    room = rooms().open(UserId(event.data["owner_id"]), event.data["channel_id"])
    logger().info("room open", extra={"channel_id": event.data["channel_id"], "room": room.arn})
