"""How IVS refuses; names and statuses are those of its service model.

ServiceError (see `infra.local.service.errors`)
├── Invalid                     400 ValidationException
├── QuotaExceeded               402 ServiceQuotaExceededException
├── ResourceNotFound            404 ResourceNotFoundException
├── ChannelNotBroadcasting      404
├── InConflict                  409 ConflictException
└── Throttled                   429 ThrottlingException
"""

from __future__ import annotations

from infra.local.service.errors import Conflict, ServiceError

__all__ = [
    "ChannelNotBroadcasting",
    "InConflict",
    "Invalid",
    "QuotaExceeded",
    "ResourceNotFound",
    "Throttled",
]

InConflict = Conflict


class Invalid(ServiceError):
    status = 400
    name = "ValidationException"


class QuotaExceeded(ServiceError):
    status = 402
    name = "ServiceQuotaExceededException"


class ResourceNotFound(ServiceError):
    status = 404
    name = "ResourceNotFoundException"

    def __init__(self, arn: str) -> None:
        super().__init__(f"Resource: {arn} not found")


class ChannelNotBroadcasting(ServiceError):
    status = 404
    name = "ChannelNotBroadcasting"

    def __init__(self, arn: str) -> None:
        super().__init__(f"The channel {arn} isn't currently online.")


class Throttled(ServiceError):
    status = 429
    name = "ThrottlingException"

    def __init__(self, operation: str) -> None:
        super().__init__(f"Rate exceeded for {operation}.")
