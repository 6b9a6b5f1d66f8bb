"""The REST-JSON control API of IVS Chat, version 2020-07-14.

Every operation is a POST to its own name, but for tags. Errors are JSON with the exception's name
in `x-amzn-ErrorType`, which is where SDKs look for it.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Lifespan

from infra.local.ivschat.chat import Chat
from infra.local.ivschat.config import Config
from infra.local.ivschat.errors import Throttled, ValidationFailed, body_of
from infra.local.ivschat.rates import SlidingSecond
from infra.local.ivschat.shapes import check_request
from infra.local.ivschat.text import MAX_ATTRIBUTE_BYTES, attribute_bytes
from infra.local.service.errors import NotFound, ServiceError
from infra.local.service.signatures import check_signature

__all__ = ["create_api"]

_LOG = logging.getLogger(__name__)

Body = dict[str, Any]
Operation = Callable[[Chat, Body], Body | None]
Name = TypeVar("Name", bound=str)


def _create_room(chat: Chat, body: Body) -> Body:
    return chat.registry.create_room(body).to_wire()


def _get_room(chat: Chat, body: Body) -> Body:
    return chat.registry.room(body["identifier"]).to_wire()


def _update_room(chat: Chat, body: Body) -> Body:
    return chat.registry.update_room(body).to_wire()


def _delete_room(chat: Chat, body: Body) -> None:
    chat.registry.delete_room(body["identifier"])
    chat.messaging.end_room(body["identifier"])


def _list_rooms(chat: Chat, body: Body) -> Body:
    rooms, token = chat.registry.list_rooms(body)
    return {"rooms": [room.to_summary() for room in rooms], **_next(token)}


def _create_logging(chat: Chat, body: Body) -> Body:
    return chat.registry.create_logging(body).to_wire()


def _get_logging(chat: Chat, body: Body) -> Body:
    return chat.registry.logging_configuration(body["identifier"]).to_wire()


def _update_logging(chat: Chat, body: Body) -> Body:
    return chat.registry.update_logging(body).to_wire()


def _delete_logging(chat: Chat, body: Body) -> None:
    chat.registry.delete_logging(body["identifier"])


def _list_logging(chat: Chat, body: Body) -> Body:
    found, token = chat.registry.list_logging(body)
    return {"loggingConfigurations": [each.to_wire() for each in found], **_next(token)}


def _create_token(chat: Chat, body: Body) -> Body:
    token, grant = chat.admission.issue(body)
    return {
        "token": token,
        "tokenExpirationTime": _time(grant.token_expires_ns),
        "sessionExpirationTime": _time(grant.session_expires_ns),
    }


def _send_event(chat: Chat, body: Body) -> Body:
    attributes = body.get("attributes", {})
    if attribute_bytes(attributes) > MAX_ATTRIBUTE_BYTES:
        raise ValidationFailed("Attributes are at most 1 KB.", {"attributes": "are too large"})
    sent = chat.messaging.send_event(body["roomIdentifier"], body["eventName"], attributes)
    return {"id": sent}


def _delete_message(chat: Chat, body: Body) -> Body:
    sent = chat.messaging.delete_message(body["roomIdentifier"], body["id"], body.get("reason", ""))
    return {"id": sent}


def _disconnect_user(chat: Chat, body: Body) -> Body:
    chat.messaging.disconnect_user(body["roomIdentifier"], body["userId"], body.get("reason", ""))
    return {}


_OPERATIONS: dict[str, Operation] = {
    "CreateRoom": _create_room,
    "GetRoom": _get_room,
    "UpdateRoom": _update_room,
    "DeleteRoom": _delete_room,
    "ListRooms": _list_rooms,
    "CreateLoggingConfiguration": _create_logging,
    "GetLoggingConfiguration": _get_logging,
    "UpdateLoggingConfiguration": _update_logging,
    "DeleteLoggingConfiguration": _delete_logging,
    "ListLoggingConfigurations": _list_logging,
    "CreateChatToken": _create_token,
    "SendEvent": _send_event,
    "DeleteMessage": _delete_message,
    "DisconnectUser": _disconnect_user,
}
_LIMITED = frozenset({"SendEvent", "DeleteMessage", "DisconnectUser"})


class _Api:
    """`chat_of` gives the service of the running loop."""

    def __init__(
        self, config: Config, chat_of: Callable[[], Chat], now: Callable[[], float]
    ) -> None:
        self._config = config
        self._chat_of = chat_of
        self._rates = {name: SlidingSecond(now) for name in _LIMITED}

    def operation(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = check_request(name, _json(await self._signed(request)))
            limit = self._config.events_per_second
            if name in _LIMITED and not self._rates[name].take(limit):
                raise Throttled(body["roomIdentifier"].rpartition("/")[2], limit)
            result = _OPERATIONS[name](self._chat_of(), body)
            return Response(status_code=204) if result is None else JSONResponse(result)

        return answer

    async def list_tags(self, request: Request) -> Response:
        await self._signed(request)
        body = check_request("ListTagsForResource", {"resourceArn": request.path_params["arn"]})
        return JSONResponse({"tags": dict(self._chat_of().registry.tags(body["resourceArn"]))})

    async def tag(self, request: Request) -> Response:
        given = _json(await self._signed(request))
        arn = {"resourceArn": request.path_params["arn"]}
        body = check_request("TagResource", {**given, **arn} if isinstance(given, dict) else given)
        self._chat_of().registry.tag(body["resourceArn"], body["tags"])
        return JSONResponse({})

    async def untag(self, request: Request) -> Response:
        await self._signed(request)
        keys = request.query_params.getlist("tagKeys")
        body = check_request(
            "UntagResource", {"resourceArn": request.path_params["arn"], "tagKeys": keys}
        )
        self._chat_of().registry.untag(body["resourceArn"], body["tagKeys"])
        return JSONResponse({})

    async def unknown(self, request: Request) -> Response:
        raise NotFound(f"{request.method} {request.url.path} is not supported.")

    async def _signed(self, request: Request) -> bytes:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._config.max_request_bytes:
                raise ValidationFailed(
                    f"A request has at most {self._config.max_request_bytes} bytes."
                )
        # The path as it was sent: what was signed has the ARN's separators escaped.
        path = request.scope["raw_path"].decode("ascii", "replace")
        query = request.scope["query_string"].decode("ascii", "replace")
        check_signature(
            request.method,
            f"http://{request.headers.get('host', '')}{path}{'?' + query if query else ''}",
            dict(request.headers),
            body,
            service="ivschat",
            secret_of={self._config.access_key: self._config.secret_key}.get,
            now=dt.datetime.now(dt.UTC),
        )
        return body


def create_api(
    config: Config,
    chat_of: Callable[[], Chat],
    now: Callable[[], float],
    lifespan: Lifespan[Starlette],
) -> Starlette:
    """The ASGI application; `lifespan` makes and ends what `chat_of` gives."""
    api = _Api(config, chat_of, now)
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            *(Route(f"/{name}", api.operation(name), methods=["POST"]) for name in _OPERATIONS),
            Route("/tags/{arn:path}", api.list_tags, methods=["GET"]),
            Route("/tags/{arn:path}", api.tag, methods=["POST"]),
            Route("/tags/{arn:path}", api.untag, methods=["DELETE"]),
            Route("/{rest:path}", api.unknown, methods=every),
        ],
        exception_handlers={ServiceError: _refuse, Exception: _fault},
        lifespan=lifespan,
    )


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        raise error
    return JSONResponse(
        body_of(error), status_code=error.status, headers={"x-amzn-ErrorType": error.name}
    )


async def _fault(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await _refuse(request, ServiceError("Internal error."))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError) as malformed:
        raise ValidationFailed(f"The body is not JSON: {malformed}") from malformed


def _next(token: str | None) -> Body:
    return {"nextToken": token} if token else {}


def _time(ns: int) -> str:
    at = dt.datetime.fromtimestamp(ns // 1_000_000 / 1000, dt.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
