"""Calls the whole API in this process, without a server and without a client's own threads."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from api.app import create_app


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: dict[str, str]
    body: Any


@functools.cache
def whole_app() -> FastAPI:
    """Every context's routes, built once a process."""
    return create_app()


def call(method: str, target: str, body: Any = None, headers: Mapping[str, str] = {}) -> Answer:
    """One request. Exceptions of the application that no middleware answers come through."""
    return asyncio.run(_call(method, target, body, headers))


async def _call(method: str, target: str, body: Any, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(target)
    content = b"" if body is None else _encoded(body)
    sent = {"host": "example.test", "content-length": str(len(content)), **headers}
    if body is not None:
        sent.setdefault("content-type", "application/json")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("203.0.113.7", 40000),
        "server": ("example.test", 443),
    }
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await whole_app()(scope, receive, send)
    raw = b"".join(message.get("body", b"") for message in messages[1:])
    answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    is_json = "json" in answered.get("content-type", "")
    return Answer(messages[0]["status"], answered, json.loads(raw) if raw and is_json else None)


def _encoded(body: Any) -> bytes:
    """A body as it is sent: bytes as they are, everything else as JSON."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
