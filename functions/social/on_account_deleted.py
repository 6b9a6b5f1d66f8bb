"""Somebody's account is deleted: what social knows of them goes, and a receipt says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.queue import handle_each
from socialflow.social.rights_wiring import eraser


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `AccountDeleted.v1` from the bus or from this function itself."""
    return handle_each(batch, eraser().wake)
