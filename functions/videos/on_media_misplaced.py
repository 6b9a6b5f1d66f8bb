"""A video's media lies in another zone than its visibility asks for: it moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each
from socialflow.videos.handler_wiring import housekeeping


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `VideoMediaMisplaced.v1`."""
    return handle_each(batch, _media_misplaced)


def _media_misplaced(envelope: Mapping[str, Any]) -> None:
    event = parse_event(envelope)
    housekeeping().place_media(event.data["video_id"])
    logger().info("media placed", extra={"video_id": event.data["video_id"]})
