"""A context has handed in what it was asked for: a part of an export, or an erasure's receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity.rights_wiring import gathering
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each S3's `Object Created` in an EventBridge envelope."""
    return handle_each(batch, _record_written)


def _record_written(envelope: Mapping[str, Any]) -> None:
    key = envelope["detail"]["object"]["key"]
    became = gathering().written(key)
    logger().info("record written", extra={"record": key.partition("/")[0], "became": became})
