"""The mailbox over HTTP, with the standard library alone: it is small, and idle nearly always.

GET /                        the page
GET /messages/<id>           one message, its HTML in a frame without any rights
GET /messages/<id>/html      what is in that frame
GET /api/messages            {"items": […]}, the newest first; ?to=<address> &limit=<1-100>
GET /api/messages/<id>       one of them
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from infra.local.mailbox import page
from infra.local.mailbox.messages import Message, Messages
from infra.local.service.callers import is_foreign_page
from infra.local.service.loopback import HOST

LIST_LIMIT: Final = 100
REQUEST_TIMEOUT_SECONDS: Final = 30
_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_ONE: Final = re.compile(r"/messages/([0-9a-f-]+)(/html)?")
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A message's own HTML: nothing runs and nothing is fetched; a link opens a page of its own."""


class MailboxServer(ThreadingHTTPServer):
    """Answers from `messages`."""

    daemon_threads = True

    def __init__(self, port: int, messages: Messages) -> None:
        super().__init__((HOST, port), _Handler)
        self.messages = messages


def make_server(port: int, messages: Messages) -> MailboxServer:
    """A server that listens on the loopback port (0 takes a free one) and does not serve yet."""
    return MailboxServer(port, messages)


class _Handler(BaseHTTPRequestHandler):
    server: MailboxServer
    server_version = "mailbox"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = REQUEST_TIMEOUT_SECONDS

    def do_GET(self) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if is_foreign_page(headers):
            self._answer(HTTPStatus.FORBIDDEN, _JSON, '{"message": "Pages of other sites."}')
            return
        asked = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/":
            found = self.server.messages.newest(LIST_LIMIT, to=query.get("to", ""))
            self._page(page.of_list(found, to=query.get("to", "")))
        elif asked.path == "/api/messages":
            self._list(query)
        elif match := _ONE.fullmatch(asked.path.removeprefix("/api")):
            message = self.server.messages.message(match[1])
            self._one(message, in_frame=bool(match[2]), as_json=asked.path.startswith("/api"))
        else:
            self._missing()

    def _list(self, query: Mapping[str, str]) -> None:
        limit = query.get("limit", str(LIST_LIMIT))
        if not limit.isdecimal() or not 1 <= int(limit) <= LIST_LIMIT:
            message = json.dumps({"message": f"limit is from 1 to {LIST_LIMIT}."})
            self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, _JSON, message)
            return
        found = self.server.messages.newest(int(limit), to=query.get("to", ""))
        items = json.dumps({"items": [each.to_json() for each in found]})
        self._answer(HTTPStatus.OK, _JSON, items)

    def _one(self, message: Message | None, *, in_frame: bool, as_json: bool) -> None:
        if message is None:
            self._missing()
        elif as_json:
            self._answer(HTTPStatus.OK, _JSON, json.dumps(message.to_json()))
        elif in_frame:
            self._page(page.of_html(message), policy=MAIL_POLICY)
        else:
            self._page(page.of_message(message))

    def _missing(self) -> None:
        self._answer(HTTPStatus.NOT_FOUND, _JSON, '{"message": "There is no such message."}')

    def _page(self, html: str, *, policy: str = PAGE_POLICY) -> None:
        self._answer(HTTPStatus.OK, _HTML, html, policy)

    def _answer(self, status: HTTPStatus, kind: str, text: str, policy: str = PAGE_POLICY) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (
            ("content-type", kind),
            ("content-length", str(len(body))),
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff"),
            # A link in a message may hold a secret, though only after its `#`.
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody reads who looked into the mailbox; tests ask many times a second."""
