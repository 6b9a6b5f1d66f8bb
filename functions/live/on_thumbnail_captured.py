"""IVS has taken a picture of a stream (`Object Created` in the recording bucket)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.handler_wiring import thumbnails
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _thumbnail_captured)


def _thumbnail_captured(envelope: Mapping[str, Any]) -> None:
    detail = envelope["detail"]
    bucket, key = detail["bucket"]["name"], detail["object"]["key"]
    # The picture's key names the channel by the last part of its ARN alone.
    owner = f"arn:aws:ivs:{envelope['region']}:{envelope['account']}:channel/"
    published = thumbnails().captured(bucket, key, channel_arns=owner)
    logger().info("thumbnail captured", extra={"key": key, "published": published})
