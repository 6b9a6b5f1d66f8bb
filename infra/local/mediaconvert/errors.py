"""The errors of the MediaConvert API and of a job, as the service words them.

ServiceError            an answer to a request: HTTP status and exception name
├── BadRequest          400
├── Forbidden           403
├── NotFound            404
├── Conflict            409
├── Unprocessable       422
└── TooManyRequests     429
JobFailed               ends a job with ERROR: a code and a message
JobStopped              the server is stopping; the job stays for the next start
JobCanceled             CancelJob reached a running job
"""

from __future__ import annotations

__all__ = [
    "BadRequest",
    "Conflict",
    "Forbidden",
    "JobCanceled",
    "JobFailed",
    "JobStopped",
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


class JobFailed(Exception):
    """Ends a job with ERROR.

    The service has more codes than these; a consumer that tells them apart must treat unknown
    ones alike.
    """

    INVALID_INPUT = 1030
    UNREADABLE_INPUT = 1040
    ACCESS_DENIED = 1401
    INPUT_NOT_FOUND = 1404
    STORAGE = 1432
    TRANSCODER = 1999
    TOOK_TOO_LONG = 1999

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class JobStopped(Exception):
    """Raised inside a running job when the server stops."""


class JobCanceled(Exception):
    """Raised inside a running job when it is canceled."""
