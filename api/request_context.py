"""The outermost layer: request id, body bound, security headers, one log line, no lost error."""

import re
import time
from collections.abc import Iterable

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge import came_past_the_edge
from api.problems import (
    MAX_BODY_BYTES,
    BodyTooLarge,
    body_too_large_problem,
    internal_problem,
    problem,
)
from socialflow.platform.correlation import set_correlation_id
from socialflow.platform.ids import id_factory
from socialflow.platform.observability import logger
from socialflow.platform.rate_limits import RateState

_REQUEST_ID = re.compile(r"^[A-Za-z0-9_.:-]{8,64}$")
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_new_id = id_factory()


class RequestContext:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if _REQUEST_ID.match(given) else _new_id("req")
        set_correlation_id(request_id)
        scope.setdefault("state", {})["rates"] = []
        answer = _Answer(send, request_id, scope["state"]["rates"])
        try:
            if came_past_the_edge(headers):
                await _edge_required()(scope, receive, answer.send)
            elif _declared_length(headers) > MAX_BODY_BYTES:
                await body_too_large_problem()(scope, receive, answer.send)
            else:
                await self._app(scope, _bounded(receive), answer.send)
        except BodyTooLarge:
            if not answer.started:
                await body_too_large_problem()(scope, receive, answer.send)
        except Exception:
            logger().exception("unhandled error")
            if not answer.started:
                await internal_problem()(scope, receive, answer.send)
        route = scope.get("route")
        logger().info(
            "request",
            extra={
                "request_id": request_id,
                "method": scope["method"],
                "route": getattr(route, "path", None),
                "status": answer.status,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )


class _Answer:
    """Sends the response with our headers, and remembers its status."""

    def __init__(self, send: Send, request_id: str, rates: list[RateState]) -> None:
        self._send = send
        self._request_id = request_id
        self._rates = rates
        self.status = 0

    @property
    def started(self) -> bool:
        return self.status != 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.setdefault("headers", [])
            headers += [*_ALWAYS, (b"x-request-id", self._request_id.encode())]
            if not any(name == b"cache-control" for name, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            headers += _rate_headers(self._rates)
        await self._send(message)


def _rate_headers(rates: Iterable[RateState]) -> list[tuple[bytes, bytes]]:
    states = list(rates)
    if not states:
        return []
    told = [state.header for state in states if state.remaining is not None]
    policies = dict.fromkeys(state.policy.header for state in states)
    return [
        (b"ratelimit-policy", ", ".join(policies).encode()),
        *([(b"ratelimit", ", ".join(told).encode())] if told else []),
    ]


def _declared_length(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _bounded(receive: Receive) -> Receive:
    """Counts the body as it is read: a chunked one declares no length."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY_BYTES:
            raise BodyTooLarge
        return message

    return bounded


def _edge_required() -> Response:
    return problem(
        status=403,
        code="edge_required",
        detail="The API answers at the product's own address, not at this one.",
    )
