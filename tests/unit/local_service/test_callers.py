"""Which callers a local service answers."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from infra.local.service.callers import LocalCallers, is_foreign_page


async def _answer(_request: Request) -> Response:
    return PlainTextResponse("secret", headers={"access-control-allow-origin": "*"})


def _get(path: str = "/", **headers: str) -> httpx.Response:
    application = LocalCallers(
        Starlette(routes=[Route("/{rest:path}", _answer, methods=["GET", "OPTIONS"])]),
        anyone="/playback/",
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1") as client:
            return await client.get(path, headers=named)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "127.0.0.1:4581"},
        {"host": "bucket.localhost:4566"},
        {"host": "bucket.s3.eu-west-1.amazonaws.com"},
        {"origin": "http://localhost:8080"},
        {"origin": "http://127.0.0.1:8080", "sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_programs_and_our_own_pages_are_answered(headers: dict[str, str]) -> None:
    assert _get(**headers).text == "secret"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "null"},
        {"origin": "https://bucket.s3.amazonaws.com"},
        {"origin": "http://["},
        {"host": "evil.example:4581"},
        {"host": "evil.example:4581", "origin": "http://evil.example:4581"},
        {"host": "localhost@evil.example"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_pages_of_other_sites_are_not(headers: dict[str, str]) -> None:
    answer = _get(**headers)
    assert answer.status_code == 403
    assert "secret" not in answer.text
    assert "access-control-allow-origin" not in answer.headers


NAVIGATION = [
    (b"host", b"127.0.0.1:4566"),
    (b"sec-fetch-site", b"cross-site"),
    (b"sec-fetch-mode", b"navigate"),
    (b"sec-fetch-dest", b"document"),
]


def test_a_browser_that_is_led_to_a_download_is_answered_where_that_is_allowed() -> None:
    assert not is_foreign_page(NAVIGATION, may_be_led=True)
    assert is_foreign_page(NAVIGATION)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"sec-fetch-mode", b"no-cors"),
        (b"sec-fetch-dest", b"iframe"),
        (b"sec-fetch-dest", b"image"),
        (b"host", b"evil.example:4566"),
        (b"origin", b"https://evil.example"),
    ],
)
def test_a_page_that_could_read_the_download_is_not(name: bytes, value: bytes) -> None:
    headers = [*(each for each in NAVIGATION if each[0] != name), (name, value)]
    assert is_foreign_page(headers, may_be_led=True)


def test_what_every_page_may_read_is_answered() -> None:
    assert _get("/playback/x", origin="https://player.example").text == "secret"
