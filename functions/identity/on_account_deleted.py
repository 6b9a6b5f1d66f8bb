"""Somebody's account is deleted: what identity knows of them goes, and a receipt says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity.rights_wiring import eraser
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `AccountDeleted.v1` from the bus or from this function itself."""
    return handle_each(batch, eraser().wake)
