"""An object is whole in the upload bucket (`Object Created`, whichever call made it)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each
from socialflow.videos.handler_wiring import processing
from socialflow.videos.paths import video_of_source


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _source_uploaded)


def _source_uploaded(envelope: Mapping[str, Any]) -> None:
    found = envelope["detail"]["object"]
    video_id = video_of_source(found["key"])
    if video_id is None:
        logger().warning("not a source of ours", extra={"key": found["key"]})
        return
    processing().source_arrived(video_id, size_bytes=found["size"])
    logger().info("source arrived", extra={"video_id": video_id, "size_bytes": found["size"]})
