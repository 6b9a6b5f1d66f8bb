"""The videos table changed: publish what happened.

Raises on any failure, so that the shard waits and the batch comes again; event ids are those of
the records, so what was published already is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.observability import logger
from socialflow.videos.events import events_of
from socialflow.videos.handler_wiring import event_bus


def handler(batch: Mapping[str, Any], _context: object) -> None:
    """Wakes for a batch of DynamoDB stream records."""
    events = [event for record in batch["Records"] for event in events_of(record)]
    event_bus().publish(events)
    logger().info("published", extra={"events": [event.name for event in events]})
