"""Somebody wrote in a chat: may it be delivered?

IVS Chat invokes this function itself, for every message, and waits 200 ms. Any failure is raised
and the room's fallback decides, which is to deliver; Lambda's own runtime logs it, once. So
nothing is imported here that a verdict does not need, the logger included, and in Lambda the
client is made and its connection opened before the first message comes.

Format: "Chat Message Review Handler", Amazon IVS Chat User Guide.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from socialflow.chat.review import Draft
from socialflow.chat.review_wiring import reviewer

# Attributes that a client gave a message are not passed on: pages take attributes for ours.
NO_ATTRIBUTES: dict[str, str] = {}


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answers one message; one without an id only keeps the function warm."""
    # Half a surrogate pair cannot be answered with, and no answer would let the message through.
    content = event["Content"].encode("utf-8", "replace").decode()
    if not event["MessageId"]:
        return _answer("ALLOW", content, NO_ATTRIBUTES)
    sender = event["Sender"]
    draft = Draft(
        message_id=event["MessageId"],
        content=content,
        sender_id=sender["UserId"],
        attributes=sender.get("Attributes") or {},
    )
    refused = reviewer().review(event["RoomArn"], draft)
    if refused:
        return _answer("DENY", content, {"Reason": refused})
    return _answer("ALLOW", content, NO_ATTRIBUTES)


def _answer(result: str, content: str, attributes: Mapping[str, str]) -> dict[str, Any]:
    return {"ReviewResult": result, "Content": content, "Attributes": dict(attributes)}


def _warm_up() -> None:
    """Whatever goes wrong is left to the first message: a start that fails is no start, and the
    instances that are kept ready, and with them the deployment, fail with it."""
    try:
        reviewer().warm_up()
    except Exception:
        from socialflow.platform.observability import logger

        logger().exception("not warmed up")


# Set by Lambda alone: importing this module elsewhere does nothing.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _warm_up()
