"""Small pieces shared by the engine's own endpoints."""

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TOKEN_HEADER = b"x-socialflow-token"


def header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header, or nothing."""
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def has_token(scope: Scope, token: str) -> bool:
    """Whether the request carries the engine's token; compared in constant time."""
    return hmac.compare_digest(header(scope, TOKEN_HEADER), token.encode())


async def read_body(receive: Receive, limit_bytes: int) -> bytes | None:
    """The whole body, or None when it is larger than `limit_bytes`."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit_bytes:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def answer_json(send: Send, status: int, document: object) -> None:
    """Send a JSON document and end the response."""
    body = json.dumps(document).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
