"""A link to a sign-in provider has gone: the provider is given its token back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import federation_wiring
from socialflow.platform.events import parse_event
from socialflow.platform.observability import logger
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each `RevocationRequested.v1`."""
    return handle_each(batch, _revoke)


def _revoke(envelope: Mapping[str, Any]) -> None:
    asked = parse_event(envelope).data
    revoked = federation_wiring.revoking().revoke(asked["revocation_id"])
    logger().info("token given back", extra={"provider": asked["provider"], "revoked": revoked})
