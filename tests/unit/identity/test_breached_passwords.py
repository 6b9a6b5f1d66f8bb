"""The breach check against a real server on this machine that speaks the range API."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from socialflow.identity.passwords.breaches import (
    MAX_ANSWER_BYTES,
    BreachedPasswords,
    NoBreachCheck,
    PwnedPasswords,
)

KNOWN = "correct horse battery"


class RangeService:
    """Answers ranges as Have I Been Pwned does: suffixes and counts, CRLF between, padding."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.known = {hashlib.sha1(KNOWN.encode(), usedforsecurity=False).hexdigest().upper(): 7}
        self.status = 200
        self.body: bytes | None = None
        self.stalled = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                prefix = self.path.rpartition("/")[2]
                service.asked.append((self.path, self.headers["Add-Padding"]))
                lines = [f"{'0' * 34}{digit}:0" for digit in range(5)]
                lines += [
                    f"{digest[5:]}:{count}"
                    for digest, count in service.known.items()
                    if digest.startswith(prefix)
                ]
                if service.stalled.is_set():
                    return
                body = "\r\n".join(lines).encode() if service.body is None else service.body
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/range/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[RangeService]:
    running = RangeService()
    yield running
    running.close()


class TestAsking:
    def test_a_breached_password_is_known(self, service: RangeService) -> None:
        assert PwnedPasswords(service.url).holds(KNOWN)

    def test_another_one_is_not(self, service: RangeService) -> None:
        assert not PwnedPasswords(service.url).holds("another horse battery")

    def test_only_five_digits_leave_us(self, service: RangeService) -> None:
        digest = hashlib.sha1(KNOWN.encode(), usedforsecurity=False).hexdigest().upper()
        PwnedPasswords(service.url).holds(KNOWN)
        assert service.asked == [(f"/range/{digest[:5]}", "true")]

    def test_padding_is_no_breach(self, service: RangeService) -> None:
        service.known = dict.fromkeys(service.known, 0)
        assert not PwnedPasswords(service.url).holds(KNOWN)

    def test_needs_an_address(self) -> None:
        with pytest.raises(ValueError, match="address"):
            PwnedPasswords("api.pwnedpasswords.com")


class TestAbsence:
    """A service that is away keeps nobody out."""

    @pytest.mark.parametrize("status", [404, 429, 500, 301])
    def test_refusals(self, service: RangeService, status: int) -> None:
        service.status = status
        assert not PwnedPasswords(service.url).holds(KNOWN)

    def test_no_answer(self, service: RangeService) -> None:
        service.stalled.set()
        assert not PwnedPasswords(service.url).holds(KNOWN)

    def test_nobody_there(self, service: RangeService) -> None:
        url = service.url
        service.close()
        assert not PwnedPasswords(url).holds(KNOWN)

    def test_an_endless_answer_is_cut(self, service: RangeService) -> None:
        digest = hashlib.sha1(KNOWN.encode(), usedforsecurity=False).hexdigest().upper()
        line = f"{'1' * 35}:1\r\n".encode()
        padding = line * (MAX_ANSWER_BYTES // len(line) + 1)
        service.body = padding + f"{digest[5:]}:9\r\n".encode()
        assert not PwnedPasswords(service.url).holds(KNOWN)

    def test_is_off_where_no_service_is_named(self) -> None:
        off: BreachedPasswords = NoBreachCheck()
        assert not off.holds("password")
