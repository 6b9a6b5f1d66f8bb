"""Every minute: hold broadcasts to what IVS says is on, and have their viewers counted."""

from __future__ import annotations

from typing import Final

from socialflow.live.handler_wiring import follower
from socialflow.platform.observability import count, logger
from socialflow.platform.settings import setting

STUCK_METRIC: Final = "ChannelsStuck"


class NotAllFollowed(Exception):
    """Some channels could not be looked at; the next run comes in a minute."""


def handler(_event: object, _context: object) -> None:
    """Wakes by schedule. Emits how many channels were stuck, for the alarm."""
    report = follower().run()
    count(STUCK_METRIC, report.stuck, stage=setting("SF_STAGE"))
    logger().info(
        "followed",
        extra={"live": len(report.live), "stuck": report.stuck, "failed": report.failed},
    )
    if report.failed:
        raise NotAllFollowed(f"{report.failed} channels")
