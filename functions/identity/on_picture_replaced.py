"""An account names another avatar or banner than before (`PictureReplaced.v1`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import people_wiring
from socialflow.identity.profiles.pictures import PictureKind
from socialflow.platform.events import parse_event
from socialflow.platform.principal import UserId
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for SQS records, each an EventBridge envelope."""
    return handle_each(batch, _picture_replaced)


def _picture_replaced(envelope: Mapping[str, Any]) -> None:
    replaced = parse_event(envelope).data
    for kind in PictureKind:
        if version := replaced.get(kind.value):
            people_wiring.published_pictures().remove(UserId(replaced["user_id"]), kind, version)
