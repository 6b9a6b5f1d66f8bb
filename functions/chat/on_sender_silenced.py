"""Somebody was banned or timed out: their connections end, on every device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.chat.handler_wiring import follow_ups
from socialflow.platform.events import parse_event
from socialflow.platform.ids import same_ulid
from socialflow.platform.observability import logger
from socialflow.platform.principal import USER_ID_PREFIX, UserId
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `SenderSilenced.v1`."""
    return handle_each(batch, _sender_silenced)


def _sender_silenced(envelope: Mapping[str, Any]) -> None:
    data = parse_event(envelope).data
    owner_id = UserId(same_ulid(data["channel_id"], USER_ID_PREFIX))
    done = follow_ups().disconnect_silenced(owner_id, UserId(data["user_id"]))
    logger().info("sender silenced", extra={"user_id": data["user_id"], "disconnected": done})
