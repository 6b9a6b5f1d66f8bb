"""`/v1/health` says the process lives; `/v1/ready` says that what it needs answers."""

from api.platform.schemas import Health, Readiness
from api.routing import context_router
from api.security import ANYONE
from socialflow.platform import readiness

router = context_router("platform")


@router.get("/v1/health", dependencies=[ANYONE])
async def check_health() -> Health:
    """Answers as long as the API runs at all; touches nothing else."""
    return Health(status="ok")


@router.get("/v1/ready", dependencies=[ANYONE])
async def check_readiness() -> Readiness:
    """Answers 200 when every table that the API reads is active, else 503 with its name."""
    return Readiness(status="ready", tables=readiness.check_tables())
