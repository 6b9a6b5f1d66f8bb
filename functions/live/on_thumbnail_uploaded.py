"""A creator's picture has arrived in the upload bucket (`Object Created`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import thumbnails
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _thumbnail_uploaded)


def _thumbnail_uploaded(envelope: Mapping[str, Any]) -> None:
    key = envelope["detail"]["object"]["key"]
    published = thumbnails().uploaded(key)
    logger().info("thumbnail uploaded", extra={"key": key, "published": published})
