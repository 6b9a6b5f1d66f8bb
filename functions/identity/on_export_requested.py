"""Somebody asked for their data: what identity knows of them is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity.rights_wiring import records, takeout
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `ExportRequested.v1`."""
    return handle_each(batch, _export_requested)


def _export_requested(envelope: Mapping[str, Any]) -> None:
    data = parse_event(envelope).data
    user_id = UserId(data["user_id"])
    counts = records().write_part(
        user_id, data["export_id"], "identity", takeout().sections(user_id)
    )
    logger().info("export part written", extra={"export_id": data["export_id"], "counts": counts})
