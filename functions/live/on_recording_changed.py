"""A recording started, ended or failed (`IVS Recording State Change`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.live.facts import recording_fact
from socialflow.live.handler_wiring import following, recording_notes
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _recording_changed)


def _recording_changed(envelope: Mapping[str, Any]) -> None:
    notes = recording_notes()
    if not notes.is_ours(envelope):
        logger().warning("not our recording bucket")
        return
    fact = recording_fact(envelope, started_at=notes.started_at(envelope))
    if fact is None:
        return
    broadcast = following().hear(fact)
    logger().info(
        "recording changed",
        extra={
            "status": envelope["detail"].get("recording_status"),
            "stream_id": fact.session.stream_id,
            "broadcast_id": broadcast.id if broadcast else None,
        },
    )
