"""Tends the signing keys: every day by schedule, and at each deployment as a custom resource.

At the first deployment there is no key and nobody could sign in until the next day; so the
stack asks for one and waits for it. Deleting the resource leaves the keys where they are: the
secret has its own removal policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import wiring
from socialflow.platform import cloudformation
from socialflow.platform.observability import logger

PHYSICAL_ID = "signing-keys"


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Handles an EventBridge schedule's event or a CloudFormation request."""
    if cloudformation.is_request(event):
        cloudformation.answer(event, _on_deployment)
    else:
        _tend()


def _on_deployment(request_type: str, _properties: Mapping[str, Any]) -> cloudformation.Resource:
    if request_type == "Delete":
        return cloudformation.Resource(physical_id=PHYSICAL_ID)
    return cloudformation.Resource(physical_id=PHYSICAL_ID, data={"KeyId": _tend()})


def _tend() -> str:
    rotated = wiring.key_rotation().run()
    logger().info("signing keys", extra={"current": rotated.current_kid, "made": rotated.made})
    return rotated.current_kid
