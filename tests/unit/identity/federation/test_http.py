"""Nothing that a provider answers may hold or fill a process: against a real server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from socialflow.identity.federation import http as bounded
from socialflow.identity.federation.http import NoAnswer, ProviderHttp
from tests.unit.identity.federation.answering import HEAD, answering


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
