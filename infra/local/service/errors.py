"""Errors that an AWS service answers with, as the REST-JSON protocol words them.

ServiceError            an answer to a request: HTTP status and exception name
├── BadRequest          400
├── Forbidden           403
├── NotFound            404
├── Conflict            409
├── Unprocessable       422
└── TooManyRequests     429
"""

from __future__ import annotations

__all__ = [
    "BadRequest",
    "Conflict",
    "Forbidden",
    "NotFound",
    "ServiceError",
    "TooManyRequests",
    "Unprocessable",
]


class ServiceError(Exception):
    """An error the API answers with; `name` travels in `x-amzn-ErrorType`."""

    status = 500
    name = "InternalServerErrorException"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(ServiceError):
    status = 400
    name = "BadRequestException"


class Forbidden(ServiceError):
    """`name` is the gateway's own for requests that carry no usable signature."""

    status = 403
    name = "ForbiddenException"

    def __init__(self, message: str, name: str = "ForbiddenException") -> None:
        super().__init__(message)
        self.name = name


class NotFound(ServiceError):
    status = 404
    name = "NotFoundException"


class Conflict(ServiceError):
    status = 409
    name = "ConflictException"


class Unprocessable(ServiceError):
    status = 422
    name = "UnprocessableEntityException"


class TooManyRequests(ServiceError):
    status = 429
    name = "TooManyRequestsException"
