"""A picture for somebody's profile has arrived in the upload bucket (`Object Created`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import people_wiring
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _picture_uploaded)


def _picture_uploaded(envelope: Mapping[str, Any]) -> None:
    key = envelope["detail"]["object"]["key"]
    shown = people_wiring.picture_publisher().uploaded(key)
    logger().info("picture uploaded", extra={"key": key, "shown": shown})
