"""The chat table changed: publish what happened.

Raises on any failure, so that the shard waits and the batch comes again; event ids are those of
the records, so what was published already is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.chat.events import events_of
from socialflow.chat.handler_wiring import event_bus
from socialflow.platform.observability import logger


def handler(batch: Mapping[str, Any], _context: object) -> None:
    """Wakes for a batch of DynamoDB stream records."""
    events = events_of(batch["Records"])
    event_bus().publish(events)
    logger().info("published", extra={"events": [event.name for event in events]})
