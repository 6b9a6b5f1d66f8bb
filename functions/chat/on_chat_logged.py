"""IVS Chat has written a log file (`Object Created`): its messages come into the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.chat.handler_wiring import log_files
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _chat_logged)


def _chat_logged(envelope: Mapping[str, Any]) -> None:
    key = envelope["detail"]["object"]["key"]
    reading = log_files().read(key)
    extra = {
        "key": key,
        "messages": reading.messages,
        "unreadable_lines": reading.unreadable_lines,
    }
    if reading.unreadable_lines:
        logger().warning("chat log read in part", extra=extra)
    else:
        logger().info("chat log read", extra=extra)
