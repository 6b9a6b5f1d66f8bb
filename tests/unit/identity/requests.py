"""Requests to the sign-in routes."""

from __future__ import annotations

from typing import Any

from httpx import Response

from tests.unit.in_process import InProcess

PASSWORD = "correct horse battery"
ANN = {
    "email": "ann@example.com",
    "password": PASSWORD,
    "handle": "Ann",
    "display_name": "Ann Example",
}
LOGIN = {"email": ANN["email"], "password": PASSWORD}


def register(api: InProcess, **changes: Any) -> Response:
    return api.post("/v1/auth/register", json=ANN | changes)


def bearer(tokens: Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.json()['access_token']}"}


def code_of(response: Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    code: str = response.json()["code"]
    return code
