"""Giving out what a context knows of a person: the part of an export that is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.platform.records import Records, Section


def write_part(
    envelope: Mapping[str, Any],
    *,
    context: str,
    sections: Callable[[UserId], Iterable[Section]],
    records: Records,
) -> None:
    """Writes the context's part of the export that an `ExportRequested.v1` asks for; again is
    fine."""
    data = parse_event(envelope).data
    user_id = UserId(data["user_id"])
    counts = records.write_part(user_id, data["export_id"], context, sections(user_id))
    logger().info("export part written", extra={"export_id": data["export_id"], "counts": counts})
