"""A stream started, ended or failed, starves, or breaks a limit (`aws.ivs`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.facts import stream_fact
from socialflow.live.handler_wiring import following
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _stream_changed)


def _stream_changed(envelope: Mapping[str, Any]) -> None:
    fact = stream_fact(envelope)
    if fact is None:
        return
    broadcast = following().hear(fact)
    logger().info(
        "stream changed",
        extra={
            "event": envelope["detail"].get("event_name"),
            "stream_id": fact.session.stream_id,
            "broadcast_id": broadcast.id if broadcast else None,
            "state": str(broadcast.state) if broadcast else None,
        },
    )
