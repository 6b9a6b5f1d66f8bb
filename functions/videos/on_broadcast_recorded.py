"""A broadcast has a recording, or one more (`BroadcastRecorded.v1`): its replay is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each
from socialflow.videos.handler_wiring import replays
from socialflow.videos.replays import recorded_broadcast


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `BroadcastRecorded.v1`."""
    return handle_each(batch, _broadcast_recorded)


def _broadcast_recorded(envelope: Mapping[str, Any]) -> None:
    broadcast = recorded_broadcast(parse_event(envelope).data)
    replays().recorded(broadcast)
    logger().info(
        "broadcast recorded",
        extra={"video_id": broadcast.video_id, "recordings": len(broadcast.recordings)},
    )
