"""Errors as RFC 9457 `application/problem+json`, from one place.

Every refusal carries `type`, `title`, `status`, `detail`, `code`, `request_id`, `retryable`, and
for malformed input `errors`: one entry per field. What the caller sent is never echoed.
"""

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from socialflow.platform.correlation import correlation_id
from socialflow.platform.errors import SocialFlowError, TooManyRequests
from socialflow.platform.observability import logger
from socialflow.platform.rate_limits import RateLimited

MEDIA_TYPE = "application/problem+json"
MAX_FIELD_ERRORS = 20
MAX_BODY_BYTES = 1024 * 1024


class FieldError(BaseModel):
    """One thing wrong with the request."""

    field: str = Field(
        description="Where, as a dotted path from `body`, `query`, `path` or `header`."
    )
    code: str = Field(description="A stable code of the rule broken.")
    message: str


class Problem(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field(description="`about:blank`; the `code` is what tells problems apart.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do next.")
    code: str = Field(description="Stable, machine-readable.")
    request_id: str
    retryable: bool = Field(description="Whether the same request may succeed later.")
    errors: list[FieldError] | None = None
    context: dict[str, Any] | None = Field(
        default=None, description="The ids and numbers involved."
    )


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    retryable: bool = False,
    errors: list[FieldError] | None = None,
    context: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem answer."""
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=correlation_id(),
        retryable=retryable,
        errors=errors,
        context=context,
    )
    content = json.dumps(body.model_dump(exclude_none=True), default=str, ensure_ascii=False)
    return Response(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def internal_problem() -> Response:
    """The answer to what nobody foresaw; the log has the rest under the request id."""
    return problem(
        status=500,
        code="internal_error",
        detail="Something went wrong on our side. Quote the request id if you report it.",
        retryable=True,
    )


class BodyTooLarge(HTTPException):
    """The body passed the bound while it was being read.

    An `HTTPException`, because FastAPI answers 400 for any other error met while reading a body.
    """

    def __init__(self) -> None:
        super().__init__(413)


def body_too_large_problem() -> Response:
    """The answer to a body over `MAX_BODY_BYTES`."""
    return problem(
        status=413,
        code="body_too_large",
        detail=f"The body may have at most {MAX_BODY_BYTES} bytes.",
        context={"max_body_bytes": MAX_BODY_BYTES},
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Makes every error the app raises a problem."""
    app.add_exception_handler(SocialFlowError, _on_product_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(BodyTooLarge, _on_body_too_large)
    app.add_exception_handler(HTTPException, _on_http_error)


async def _on_product_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SocialFlowError)  # noqa: S101 - narrows for mypy
    if isinstance(error, RateLimited) and error.state not in request.state.rates:
        request.state.rates.append(error.state)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger().error("request failed", extra={"code": error.code}, exc_info=error)
    headers = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif error.retryable:
        headers["Retry-After"] = "1"
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="socialflow"'
    return problem(
        status=error.status,
        code=error.code,
        detail=error.message,
        retryable=error.retryable,
        context=dict(error.details) or None,
        headers=headers,
    )


async def _on_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - narrows for mypy
    found = error.errors()[:MAX_FIELD_ERRORS]
    errors = [
        FieldError(
            field=".".join(_printable(part) for part in each["loc"]),
            code=each["type"],
            message=each["msg"],
        )
        for each in found
    ]
    where = ", ".join(dict.fromkeys(each.field for each in errors))
    return problem(
        status=422,
        code="validation_failed",
        detail=f"The request is not valid: see `errors` ({where}).",
        errors=errors,
    )


async def _on_body_too_large(_: Request, _error: Exception) -> Response:
    return body_too_large_problem()


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows for mypy
    status = HTTPStatus(error.status_code)
    return problem(
        status=error.status_code,
        code=status.name.lower(),
        detail=str(error.detail),
        headers=dict(error.headers or {}),
    )


def _printable(part: str | int) -> str:
    """A path element as it may be shown: unknown field names come from the caller."""
    text = str(part)[:64]
    return text if text.isprintable() else "?"
