"""A video was deleted or has failed: what it leaves behind goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each
from socialflow.videos.handler_wiring import housekeeping


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `VideoDeleted.v1` or `VideoFailed.v1`."""
    return handle_each(batch, _video_discarded)


def _video_discarded(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    housekeeping().discard(event.data["video_id"])
    logger().info("discarded", extra={"video_id": event.data["video_id"], "event": event.name})
