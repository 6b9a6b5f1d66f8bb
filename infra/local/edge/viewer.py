"""The viewer's request as the edge sees it, and the answers that the edge gives by itself."""

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from xml.sax.saxutils import escape

from infra.local.edge.signatures import ViewerRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """One request of a viewer."""

    method: str
    path: str
    """Decoded; behaviours are matched by it."""
    raw_path: str
    """As the viewer wrote it; this is what is signed and sent on."""
    query: str
    headers: Headers
    """Names in lower case."""
    scheme: str
    address: str
    port: int

    @classmethod
    def of(cls, scope: Scope) -> "Viewer":
        """Read an ASGI scope."""
        address, port = scope.get("client") or ("127.0.0.1", 0)
        raw = scope.get("raw_path") or scope["path"].encode()
        return cls(
            method=scope["method"],
            path=scope["path"],
            raw_path=raw.decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=[(name.lower(), value) for name, value in scope["headers"]],
            scheme=scope.get("scheme", "http"),
            address=address,
            port=port,
        )

    def header(self, name: bytes) -> bytes:
        """The first value of a header, or nothing."""
        return next((value for key, value in self.headers if key == name), b"")

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """Cookies by name. Of two with one name the first counts: its path is the more exact."""
        found: dict[str, str] = {}
        for name, value in self.headers:
            if name == b"cookie":
                for part in value.decode("latin-1").split(";"):
                    key, _, content = part.strip().partition("=")
                    found.setdefault(key, _unquoted(content))
        return found

    def to_be_checked(self) -> ViewerRequest:
        """What the signature check needs."""
        host = self.header(b"host").decode("latin-1")
        return ViewerRequest(
            base_url=f"{self.scheme}://{host}{self.raw_path}",
            query=self.query,
            cookies=self.cookies,
            address=self.address,
            epoch_seconds=time.time(),
        )


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return SimpleCookie(f"x={value}")["x"].value
    except (CookieError, KeyError):
        return value


async def refuse(send: Send, status: int, code: str, message: str, headers: Headers) -> None:
    """An error in the form that CloudFront gives it."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    ).encode()
    await answer(send, status, [(b"content-type", b"text/xml"), *headers], body)


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """A complete answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
