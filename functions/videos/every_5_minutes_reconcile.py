"""Every five minutes: look after videos whose events did not come."""

from __future__ import annotations

from typing import Final

from socialflow.platform.observability import count, logger
from socialflow.platform.settings import setting
from socialflow.videos.handler_wiring import reconciler

STUCK_METRIC: Final = "VideosStuck"


def handler(_event: object, _context: object) -> None:
    """Wakes by schedule. Emits how many videos were overdue, for the alarm."""
    stuck = reconciler().run()
    count(STUCK_METRIC, stuck, stage=setting("SF_STAGE"))
    logger().info("reconciled", extra={"stuck": stuck})
