"""An operator gives an account a role: how the first admin of all comes to be.

    aws lambda invoke --function-name <its name, an output of the identity stack> \\
      --payload '{"handle": "ann", "role": "admin", "reason": "first admin"}' /dev/stdout

`expires_at` (RFC 3339) may be given. Asked for again, nothing is changed and nothing told twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from socialflow.identity import people_wiring
from socialflow.identity.staff.models import Role
from socialflow.platform.clock import utc_now
from socialflow.platform.observability import logger

MAX_REASON_CHARACTERS = 300


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Wakes when an operator calls it; answers who may act as what now."""
    expires_at = _moment(event.get("expires_at"))
    user = people_wiring.operator().grant(
        str(event["handle"]),
        Role(event["role"]),
        expires_at=expires_at,
        reason=str(event.get("reason") or "by the operator")[:MAX_REASON_CHARACTERS],
        request_id=getattr(context, "aws_request_id", ""),
    )
    roles = list(user.roles(utc_now()))
    logger().info("role granted by operator", extra={"user_id": user.id, "roles": roles})
    return {"user_id": user.id, "handle": user.handle, "roles": roles}


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("expires_at needs a time zone, as in 2027-01-01T00:00:00Z")
    return moment
