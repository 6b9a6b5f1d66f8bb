"""A moderator took a message away: every page is told."""

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
    """Wakes for SQS records, each `MessageDeleted.v1`."""
    return handle_each(batch, _message_deleted)


def _message_deleted(envelope: Mapping[str, Any]) -> None:
    data = parse_event(envelope).data
    owner_id = UserId(same_ulid(data["channel_id"], USER_ID_PREFIX))
    told = follow_ups().delete_message(owner_id, data["message_id"])
    logger().info("message deleted", extra={"message_id": data["message_id"], "told": told})
