"""Who may call a local service: programs of this machine, and pages that are served from it.

The services are on loopback, which keeps other machines out but not the pages of other sites that
are open in a browser here. Such a page tells itself by its `Origin`, by `Sec-Fetch-Site`, or, where
its own name was made to lead to this machine (DNS rebinding), by the `Host` that it asks for.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["LocalCallers", "is_foreign_page"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# Nobody else makes names of these lead anywhere.
_OWNED = (".localhost", ".amazonaws.com")


class LocalCallers:
    """An ASGI application that answers foreign pages with 403 and hands on the rest.

    `anyone` begins the paths that every page may read.
    """

    def __init__(self, application: Application, *, anyone: str | None = None) -> None:
        self._application = application
        self._anyone = anyone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = self._anyone is not None and scope.get("path", "").startswith(self._anyone)
        if scope["type"] != "http" or is_open or not is_foreign_page(scope["headers"]):
            await self._application(scope, receive, send)
            return
        body = json.dumps({"message": "Pages of other sites are not answered."}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def is_foreign_page(headers: Iterable[tuple[bytes, bytes]], *, may_be_led: bool = False) -> bool:
    """Whether a request with these headers comes from a page that is not of this machine.

    With `may_be_led`, not a browser that was led here and shows or saves the answer itself: the
    page that led it (ours at `localhost` is another site than 127.0.0.1) reads nothing of that.
    """
    given = {name.lower(): value.decode("latin-1") for name, value in headers}
    host, origin = given.get(b"host", ""), given.get(b"origin")
    if host and not _is_here(host):
        return True
    if origin is not None:
        scheme, _, place = origin.partition("://")
        return scheme not in ("http", "https") or not _is_here(place, owned=(".localhost",))
    navigation = (given.get(b"sec-fetch-mode"), given.get(b"sec-fetch-dest"))
    if may_be_led and navigation == ("navigate", "document"):
        return False
    return given.get(b"sec-fetch-site") == "cross-site"


def _is_here(host: str, *, owned: tuple[str, ...] = _OWNED) -> bool:
    """Whether `name` or `name:port` is this machine's."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in _HERE or name.endswith(owned)
