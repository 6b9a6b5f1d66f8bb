"""Every hour: accounts whose grace is over begin to be erased, and second passes begin."""

from __future__ import annotations

from typing import Final

from socialflow.identity.rights_wiring import settlement
from socialflow.platform.observability import count, logger
from socialflow.platform.settings import setting

STUCK_METRIC: Final = "ErasuresStuck"


def handler(_event: object, _context: object) -> None:
    """Wakes by schedule. Emits how many erasures are stuck, for the alarm."""
    done = settlement().run()
    count(STUCK_METRIC, done.stuck, stage=setting("SF_STAGE"))
    logger().info(
        "rights settled", extra={"begun": done.begun, "passes": done.passes, "stuck": done.stuck}
    )
