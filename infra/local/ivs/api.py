"""The REST-JSON control API of IVS, version 2020-07-14.

Every request is held against the service's own model; errors are `{"exceptionMessage": …}` with
the exception's name in `x-amzn-ErrorType`, which is where SDKs look for it.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.ivs.config import Config
from infra.local.ivs.errors import Invalid
from infra.local.ivs.requests import check_request, operations
from infra.local.ivs.throttle import Throttle
from infra.local.service.errors import NotFound, ServiceError
from infra.local.service.signatures import check_signature

__all__ = ["ControlApi", "Handler", "Members", "refuse"]

_LOG = logging.getLogger(__name__)

Members = dict[str, Any]
Handler = Callable[[Members], Members | None]
"""A checked request to an answer; None is 204. Runs on the event loop, so it does not wait."""


class ControlApi:
    """`handlers` by operation; operations of the model without one are refused by name."""

    def __init__(
        self,
        config: Config,
        handlers: dict[str, Handler],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._handlers = handlers
        self._throttle = Throttle(config.calls_per_second, clock)

    def routes(self) -> list[Route]:
        routes = []
        for operation, (method, path) in operations().items():
            template = path.replace("{resourceArn}", "{resourceArn:path}")
            routes.append(Route(template, self._endpoint(operation), methods=[method]))
        return [*routes, Route("/{rest:path}", _unknown, methods=["GET", "POST", "PUT", "DELETE"])]

    def _endpoint(self, operation: str) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            body = await self._signed(request)
            self._throttle.take(operation)
            members = {**_parsed(body), **request.path_params}
            if request.query_params.get("tagKeys"):
                members["tagKeys"] = request.query_params.getlist("tagKeys")
            check_request(operation, members)
            handler = self._handlers.get(operation)
            if handler is None:
                raise Invalid(f"{operation} is not supported here.")
            result = handler(members)
            return Response(status_code=204) if result is None else JSONResponse(result)

        return answer

    async def _signed(self, request: Request) -> bytes:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._config.max_request_bytes:
                raise Invalid(f"A request has at most {self._config.max_request_bytes} bytes.")
        check_signature(
            request.method,
            _address(request),
            dict(request.headers),
            body,
            service="ivs",
            secret_of={self._config.access_key: self._config.secret_key}.get,
            now=dt.datetime.now(dt.UTC),
        )
        return body


async def refuse(request: Request, error: Exception) -> Response:
    """An exception handler for `ServiceError` and everything else."""
    if not isinstance(error, ServiceError):
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        error = ServiceError("Internal error.")
        error.name = "InternalServerException"
    return JSONResponse(
        {"message": error.message, "exceptionMessage": error.message},
        status_code=error.status,
        headers={"x-amzn-ErrorType": error.name},
    )


async def _unknown(request: Request) -> Response:
    raise NotFound(f"{request.method} {request.url.path} is not supported.")


def _address(request: Request) -> str:
    """As it was sent: a signature covers the path's own escapes."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    path = raw.partition(b"?")[0].decode("latin-1")
    suffix = f"?{query.decode('latin-1')}" if query else ""
    return f"{request.url.scheme}://{request.url.netloc}{path}{suffix}"


def _parsed(body: bytes) -> Members:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as malformed:
        raise Invalid(f"The body is not JSON: {malformed}") from malformed
    if not isinstance(parsed, dict):
        raise Invalid("The body is not a JSON object.")
    return parsed
