"""What a client may ask for in a text message: parsed, and refused with the API's codes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.ivschat.errors import ActionRefused, Code
from infra.local.ivschat.text import (
    MAX_ATTRIBUTE_BYTES,
    attribute_bytes,
    is_attributes,
    is_sendable,
)

__all__ = [
    "Action",
    "DeleteMessage",
    "DisconnectUser",
    "SendMessage",
    "parse_action",
]

_MAX_REQUEST_ID = 128
_MAX_REASON = 256
_MAX_USER_ID = 128
_MESSAGE_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class SendMessage:
    request_id: str
    content: str
    attributes: Mapping[str, str]

    capability = "SEND_MESSAGE"


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    request_id: str
    message_id: str
    reason: str

    capability = "DELETE_MESSAGE"


@dataclass(frozen=True, slots=True)
class DisconnectUser:
    request_id: str
    user_id: str
    reason: str

    capability = "DISCONNECT_USER"


Action = SendMessage | DeleteMessage | DisconnectUser


def parse_action(text: str) -> Action:
    """Raises `ActionRefused`, with the request's own id wherever it has one."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as malformed:
        raise ActionRefused(Code.BAD_REQUEST, "The request is not JSON.") from malformed
    if not isinstance(given, dict):
        raise ActionRefused(Code.BAD_REQUEST, "The request is not a JSON object.")
    named = given.get("RequestId")
    if named is not None and not isinstance(named, str):
        raise ActionRefused(Code.BAD_REQUEST, "RequestId is not a string.")
    request_id = named or ""
    if len(request_id) > _MAX_REQUEST_ID:
        raise ActionRefused(Code.TOO_LARGE, "RequestId is too long.")
    # Text that came as UTF-8 has surrogates only where JSON's escapes spell them.
    if "\\u" in text and not is_sendable(given):
        raise ActionRefused(Code.BAD_REQUEST, "The request holds half a surrogate pair.")
    return _Fields(given, request_id).action()


class _Fields:
    def __init__(self, given: dict[str, Any], request_id: str) -> None:
        self._given = given
        self._request_id = request_id

    def action(self) -> Action:
        name = self._given.get("Action")
        if name == "SEND_MESSAGE":
            return SendMessage(self._request_id, self._text("Content"), self._attributes())
        if name == "DELETE_MESSAGE":
            message_id = self._text("Id")
            if not (message_id.isascii() and message_id.isalnum()):
                raise self._refused(Code.BAD_REQUEST, "Id is not a message's.")
            if len(message_id) != _MESSAGE_ID_LENGTH:
                raise self._refused(Code.BAD_REQUEST, "Id is not a message's.")
            return DeleteMessage(self._request_id, message_id, self._reason())
        if name == "DISCONNECT_USER":
            user_id = self._text("UserId")
            if len(user_id) > _MAX_USER_ID:
                raise self._refused(Code.TOO_LARGE, "UserId is too long.")
            return DisconnectUser(self._request_id, user_id, self._reason())
        raise self._refused(Code.BAD_REQUEST, "Action is not one of the API's.")

    def _text(self, name: str) -> str:
        value = self._given.get(name)
        if not isinstance(value, str) or not value:
            raise self._refused(Code.BAD_REQUEST, f"{name} is missing or not a string.")
        return value

    def _reason(self) -> str:
        reason = self._given.get("Reason")
        if reason is None:
            return ""
        if not isinstance(reason, str):
            raise self._refused(Code.BAD_REQUEST, "Reason is not a string.")
        if len(reason) > _MAX_REASON:
            raise self._refused(Code.TOO_LARGE, "Reason is too long.")
        return reason

    def _attributes(self) -> dict[str, str]:
        given = self._given.get("Attributes")
        if given is None:
            return {}
        if not is_attributes(given):
            raise self._refused(Code.BAD_REQUEST, "Attributes is not a map of strings.")
        if attribute_bytes(given) > MAX_ATTRIBUTE_BYTES:
            raise self._refused(Code.TOO_LARGE, "Attributes are more than 1 KB.")
        attributes: dict[str, str] = given
        return attributes

    def _refused(self, code: Code, message: str) -> ActionRefused:
        return ActionRefused(code, message, self._request_id)
