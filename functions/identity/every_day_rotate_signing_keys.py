"""Tends the keys that sign and those that seal: every day, and at each deployment.

At the first deployment there is no key and nobody could sign in until the next day; so the
stack asks for one and waits for it, as a custom resource. Deleting the resource leaves the keys
where they are: the secrets have their own removal policy.

An operator who thinks that somebody else has a signing key retires it (docs/identity.md):

    aws lambda invoke --function-name … --payload '{"retire": "<key id>"}' …
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import wiring
from socialflow.platform import cloudformation
from socialflow.platform.observability import logger

PHYSICAL_ID = "signing-keys"


def handler(event: Mapping[str, Any], _context: object) -> dict[str, str] | None:
    """Handles an EventBridge schedule's event, a CloudFormation request or an operator's.

    An operator is told which key signs when the retired one does no more.
    """
    if cloudformation.is_request(event):
        cloudformation.answer(event, _on_deployment)
        return None
    retire = event.get("retire")
    if retire is None:
        _tend()
        return None
    return {"retired": str(retire), "signs_next": _tend(retire=str(retire))}


def _on_deployment(request_type: str, _properties: Mapping[str, Any]) -> cloudformation.Resource:
    if request_type == "Delete":
        return cloudformation.Resource(physical_id=PHYSICAL_ID)
    return cloudformation.Resource(physical_id=PHYSICAL_ID, data={"KeyId": _tend()})


def _tend(*, retire: str | None = None) -> str:
    wiring.sealing_secret().tend()
    rotated = wiring.key_rotation().run(retire=retire)
    logger().info(
        "signing keys",
        extra={"signs_next": rotated.next_kid, "made": rotated.made, "retired": retire},
    )
    return rotated.next_kid
