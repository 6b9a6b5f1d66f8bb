"""How requests are refused, on the control API and on the WebSocket.

ServiceError (see `infra.local.service.errors`)
├── ValidationFailed            400 ValidationException
├── QuotaExceeded               402 ServiceQuotaExceededException
├── ResourceNotFound            404 ResourceNotFoundException
└── Throttled                   429 ThrottlingException

ActionRefused                   an ERROR frame to the connection that asked; the codes are those
                                of the Chat Messaging API Reference
HandshakeRefused                the HTTP status that a WebSocket upgrade is answered with
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Literal

from infra.local.service.errors import ServiceError

__all__ = [
    "ActionRefused",
    "Code",
    "HandshakeRefused",
    "QuotaExceeded",
    "ResourceNotFound",
    "Throttled",
    "ValidationFailed",
    "body_of",
]

Kind = Literal["ROOM", "LOGGING_CONFIGURATION"]


class _Detailed(ServiceError):
    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class ValidationFailed(_Detailed):
    """`fields` says what is wrong with each field that is."""

    status = 400
    name = "ValidationException"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        listed = [{"name": name, "message": wrong} for name, wrong in (fields or {}).items()]
        reason = "FIELD_VALIDATION_FAILED" if listed else "OTHER"
        super().__init__(message, reason=reason, fieldList=listed)


class ResourceNotFound(_Detailed):
    status = 404
    name = "ResourceNotFoundException"

    def __init__(self, resource_id: str, kind: Kind = "ROOM") -> None:
        super().__init__(
            f"Resource {resource_id} does not exist.", resourceId=resource_id, resourceType=kind
        )


class QuotaExceeded(_Detailed):
    status = 402
    name = "ServiceQuotaExceededException"

    def __init__(self, kind: Kind, limit: int) -> None:
        super().__init__(
            f"The account has the most it may have: {limit}.",
            resourceId="",
            resourceType=kind,
            limit=limit,
        )


class Throttled(_Detailed):
    status = 429
    name = "ThrottlingException"

    def __init__(self, resource_id: str, limit: int) -> None:
        super().__init__("Rate exceeded.", resourceId=resource_id, resourceType="ROOM", limit=limit)


def body_of(error: ServiceError) -> dict[str, Any]:
    """The JSON that goes with the error."""
    details = error.details if isinstance(error, _Detailed) else {}
    return {"message": error.message, **details}


class Code(IntEnum):
    """Error codes of the Chat Messaging API."""

    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    NOT_ACCEPTABLE = 406
    TOO_LARGE = 413
    TOO_MANY = 429


class ActionRefused(Exception):
    """`request_id` is what the client gave to tell its requests apart, where it could be read."""

    def __init__(self, code: Code, message: str, request_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request_id = request_id


class HandshakeRefused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
