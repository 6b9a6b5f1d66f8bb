"""Somebody asked for their data: what social knows of them is written down."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from socialflow.platform.queue import handle_each
from socialflow.platform.rights_wiring import records
from socialflow.platform.takeout import write_part
from socialflow.social.rights_wiring import takeout


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `ExportRequested.v1`."""
    write = functools.partial(
        write_part, context="social", sections=takeout().sections, records=records()
    )
    return handle_each(batch, write)
