"""A MediaConvert job of ours went on or ended (`MediaConvert Job State Change`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each
from socialflow.videos.handler_wiring import processing
from socialflow.videos.processing import job_change


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _transcode_changed)


def _transcode_changed(envelope: Mapping[str, Any]) -> None:
    change = job_change(envelope["detail"])
    processing().job_changed(change)
    logger().info(
        "job changed",
        extra={"video_id": change.video_id, "kind": change.kind, "status": change.status},
    )
