"""Calls of the services beside the engine are signed as the services check it."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from infra.local.admin import ADMIN_SECRET_KEY
from infra.local.engine import service_calls
from infra.local.engine.service_calls import ServiceApi, ServiceRefused
from infra.local.engine.service_types import NotThere
from infra.local.service.errors import ServiceError
from infra.local.service.signatures import check_signature


class Service(BaseHTTPRequestHandler):
    """Answers what the path asks for, once the signature is right."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            check_signature(
                "POST",
                f"http://{self.headers['host']}{self.path}",
                {name.lower(): value for name, value in self.headers.items()},
                body,
                service="ivs",
                secret_of=lambda _: ADMIN_SECRET_KEY,
                now=dt.datetime.now(dt.UTC),
            )
        except ServiceError as refusal:
            self._answer(refusal.status, {"message": refusal.message})
            return
        statuses = {"/Missing": 404, "/Refused": 409}
        self._answer(statuses.get(self.path, 200), {"path": self.path, "body": json.loads(body)})

    def _answer(self, status: int, document: object) -> None:
        payload = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server that checks signatures."""
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_services_take_the_signature(url: str) -> None:
    path = "/tags/arn%3Aaws%3Aivs%3A%3A0%3Achannel%2Fa"
    answer = ServiceApi("ivs", url)(path, {"a": 1})
    assert answer == {"path": path, "body": {"a": 1}}


def test_what_is_missing_is_told_apart(url: str) -> None:
    with pytest.raises(NotThere):
        ServiceApi("ivs", url)("/Missing", {})


@pytest.mark.parametrize(("service", "path"), [("ivs", "/Refused"), ("ivschat", "/Other")])
def test_refusals_are_told(url: str, service: str, path: str) -> None:
    with pytest.raises(ServiceRefused, match="answered 4"):
        ServiceApi(service, url)(path, {})


def test_a_service_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_calls, "START_SECONDS", 0)
    with pytest.raises(ServiceRefused, match=r"ivs at http://127\.0\.0\.1:9"):
        ServiceApi("ivs", "http://127.0.0.1:9")("/ListStreams", {})


def test_a_service_that_is_still_starting_is_waited_for() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    refused = threading.Event()

    class Slow(ServiceApi):
        def _call(self, path: str, payload: bytes) -> dict[str, Any]:
            try:
                return super()._call(path, payload)
            except ConnectionRefusedError:
                refused.set()
                raise

    def start() -> None:
        assert refused.wait(10)
        with HTTPServer(("127.0.0.1", port), Service) as server:
            server.handle_request()

    thread = threading.Thread(target=start)
    thread.start()
    assert Slow("ivs", f"http://127.0.0.1:{port}")("/ListStreams", {})["path"] == "/ListStreams"
    thread.join()
