"""An item of the identity table asks for a mail: write it and send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialflow.identity import account_wiring
from socialflow.platform.events import parse_event
from socialflow.platform.queue import handle_each


def handler(batch: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Wakes for `MailRequested.v1`, from a queue."""
    return handle_each(batch, _send)


def _send(envelope: Mapping[str, Any]) -> None:
    key = parse_event(envelope).data["key"]
    account_wiring.mail_delivery().deliver({"pk": key["pk"], "sk": key["sk"]})
