"""The live table changed: publish what happened, and say when to look again.

Raises on any failure, so that the shard waits and the batch comes again; event ids are those of
the records, so what was published already is recognised, and to look twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.events import due_of, events_of
from socialflow.live.handler_wiring import due_messages, event_bus
from socialflow.live.settings import reconnect_window
from socialflow.platform.observability import logger


def handler(batch: Mapping[str, Any], _context: object) -> None:
    """Wakes for a batch of DynamoDB stream records."""
    events = [event for record in batch["Records"] for event in events_of(record)]
    if events:
        event_bus().publish(events)
    window = reconnect_window()
    due = [each for record in batch["Records"] for each in due_of(record, window)]
    if due:
        due_messages().send(due)
    logger().info("published", extra={"events": [event.name for event in events]})
