"""Somebody asked for their data: what identity knows of them is written down."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from socialflow.identity.rights_wiring import takeout
from socialflow.platform.queue import handle_each
from socialflow.platform.rights_wiring import records
from socialflow.platform.takeout import write_part


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `ExportRequested.v1`."""
    write = functools.partial(
        write_part, context="identity", sections=takeout().sections, records=records()
    )
    return handle_each(batch, write)
