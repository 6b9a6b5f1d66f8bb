"""Which callers the engine answers: ministack itself would answer any page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.engine import ministack
from infra.local.engine.app import Engine


async def _ministack(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"state"})


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(ministack, "module", lambda _name: SimpleNamespace(app=_ministack))
    return Engine(tmp_path, "token")


def _status(
    engine: Engine, path: str, *, method: str = "POST", query: str = "", **headers: str
) -> int:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": named,
    }
    asyncio.run(engine(scope, receive, send))
    status: int = sent[0]["status"]
    return status


def test_a_page_of_another_site_reaches_nothing_of_the_stage(engine: Engine) -> None:
    for path in ("/", "/2015-03-31/functions", "/bucket/key"):
        assert _status(engine, path, origin="https://evil.example") == 403
        assert _status(engine, path, host="evil.example:4566") == 403


def test_programs_and_uploads_of_our_own_page_do(engine: Engine) -> None:
    assert _status(engine, "/", host="127.0.0.1:4566") == 200
    assert _status(engine, "/bucket/key", host="localhost:1", origin="http://localhost:8080") == 200


def test_the_api_judges_its_callers_by_itself(engine: Engine) -> None:
    assert _status(engine, "/_aws/execute-api/abc/v1/x", origin="https://evil.example") == 200


LED_HERE = {
    "host": "127.0.0.1:4566",
    "sec_fetch_site": "cross-site",
    "sec_fetch_mode": "navigate",
    "sec_fetch_dest": "document",
}
PRESIGNED = "X-Amz-Credential=ASIA1%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0a"


def test_a_browser_that_is_led_to_a_presigned_object_gets_it(engine: Engine) -> None:
    path = "/records/exports/archive.zip"
    assert _status(engine, path, method="GET", query=PRESIGNED, **LED_HERE) == 200


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("POST", "/records/archive.zip", PRESIGNED),
        ("GET", "/records/archive.zip", ""),
        ("GET", "/records", PRESIGNED),
        ("GET", "/", f"Action=DeleteUser&{PRESIGNED}"),
        ("GET", "/records/archive.zip", f"Action=DeleteUser&{PRESIGNED}"),
        ("GET", "/records/archive.zip", PRESIGNED.replace("s3", "iam")),
        ("GET", "/_ministack/health", PRESIGNED),
    ],
)
def test_a_browser_that_is_led_anywhere_else_does_not(
    engine: Engine, method: str, path: str, query: str
) -> None:
    assert _status(engine, path, method=method, query=query, **LED_HERE) == 403
