"""The root of every refusal and failure the product reports.

    SocialFlowError
    ├── Refused             4xx: the caller can do something about it
    │   ├── Malformed       422: the request itself is wrong
    │   ├── Unauthenticated 401
    │   ├── Forbidden       403
    │   ├── NotFound        404
    │   ├── Conflict        409: it does not fit the state of things
    │   ├── Gone            410
    │   ├── PreconditionFailed   412
    │   ├── PreconditionRequired 428
    │   └── TooManyRequests      429
    └── Unavailable         503: something we need is away; trying again may help

A context adds one class per broken rule, with a `code` that never changes.
"""

from collections.abc import Mapping
from typing import ClassVar


class SocialFlowError(Exception):
    """Base of all product errors.

    `code` is stable and machine-readable, `status` the HTTP status, `retryable` whether the
    same request may succeed later, and `message` says what to do next. `details` holds the ids
    and numbers involved; it is shown to the caller.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details


class Refused(SocialFlowError):
    """A 4xx answer: the caller's to mend, and it wakes nobody."""

    code = "refused"
    status = 400


class Malformed(Refused):
    """The request is wrong in itself, whatever the state of things."""

    code = "validation_failed"
    status = 422


class Unauthenticated(Refused):
    """No usable credentials came with the request."""

    code = "unauthenticated"
    status = 401


class Forbidden(Refused):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403


class NotFound(Refused):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    status = 404


class Conflict(Refused):
    """The request does not fit the present state of the thing it is about."""

    code = "conflict"
    status = 409


class Gone(Refused):
    """It was there and will not come back."""

    code = "gone"
    status = 410


class PreconditionFailed(Refused):
    """`If-Match` named a version that is no longer the current one (RFC 9110, 15.5.13)."""

    code = "version_stale"
    status = 412


class PreconditionRequired(Refused):
    """An edit came without `If-Match` (RFC 6585, 3)."""

    code = "if_match_required"
    status = 428


class TooManyRequests(Refused):
    """A named rate limit is spent; `retry_after_seconds` says for how long."""

    code = "rate_limited"
    status = 429
    retryable = True

    def __init__(self, message: str, *, retry_after_seconds: int, **details: object) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds, **details)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(SocialFlowError):
    """A service we depend on did not answer; the caller may try again."""

    code = "unavailable"
    status = 503
    retryable = True
