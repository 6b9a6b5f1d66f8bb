"""Nothing that a provider answers may hold or fill a process: against a real server."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from socialflow.identity.federation import http as bounded
from socialflow.identity.federation.http import NoAnswer, ProviderHttp

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@contextmanager
def answering(*pieces: bytes, after_each: Callable[[], object] = lambda: None) -> Iterator[str]:
    """A server on loopback that sends these pieces, whatever it is asked."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                _hear(connection)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        after_each()
                except (BrokenPipeError, ConnectionResetError):
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/document"
        thread.join(10)
        assert not thread.is_alive()


def _hear(connection: socket.socket) -> None:
    """Reads a whole request: what is unread at the end would reset the connection."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += connection.recv(65536)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    left = int(length[1]) - len(body) if length else 0
    while left > 0:
        left -= len(connection.recv(left))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderHttp]:
    """One that waits a fifth of a second."""
    monkeypatch.setattr(bounded, "READ_SECONDS", 0.2)
    bounded._pool.cache_clear()
    yield ProviderHttp()
    bounded._pool.cache_clear()


class TestBounds:
    def test_too_large_a_body(self) -> None:
        with (
            answering(HEAD + b"\r\n", *[b"x" * 65536] * 8) as url,
            pytest.raises(NoAnswer, match="too large"),
        ):
            ProviderHttp().get(url)

    def test_a_body_that_never_ends(self) -> None:
        # Each look at the clock is three seconds later: the third piece comes too late.
        moments = iter(range(0, 1000, 3))
        http = ProviderHttp(monotonic=lambda: float(next(moments)))
        with (
            answering(HEAD + b"\r\n", *[b" " * 20_000] * 10) as url,
            pytest.raises(NoAnswer, match="too slow"),
        ):
            http.get(url)

    def test_a_server_that_says_nothing(self, impatient: ProviderHttp) -> None:
        heard = threading.Event()
        with answering(b"", after_each=lambda: heard.wait(10)) as url:
            with pytest.raises(NoAnswer, match="ReadTimeoutError"):
                impatient.get(url)
            heard.set()

    def test_nobody_is_there(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
        with pytest.raises(NoAnswer, match="NewConnectionError"):
            ProviderHttp().get(f"http://127.0.0.1:{port}/")

    def test_what_is_no_http(self) -> None:
        with answering(b"220 mail.example ESMTP\r\n") as url, pytest.raises(NoAnswer):
            ProviderHttp().get(url)


class TestAnswers:
    def test_a_redirect_is_not_followed(self) -> None:
        head = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n"
        with answering(head + b"Connection: close\r\n\r\n") as url:
            answer = ProviderHttp().get(url)
        assert (answer.status, answer.body) == (302, None)

    @pytest.mark.parametrize("text", [b"<html>", b"", b"[" * 100_000, b"\xff\xfe"])
    def test_what_is_no_json(self, text: bytes) -> None:
        with answering(HEAD + b"\r\n" + text) as url:
            assert ProviderHttp().get(url).body is None

    def test_a_form_gets_its_document(self) -> None:
        with answering(HEAD + b"\r\n", b'{"id": 7}') as url:
            answer = ProviderHttp().post_form(url, {"code": "a b&c"})
        assert (answer.status, answer.body) == (200, {"id": 7})
