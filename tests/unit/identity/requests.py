"""Requests to the sign-in routes."""

from __future__ import annotations

from typing import Any

from httpx import Response

from socialflow.identity import account_wiring, wiring
from socialflow.identity.accounts.pending import REGISTRATION_SEAL
from tests.unit.in_process import InProcess

PASSWORD = "correct horse battery"
ANN = {
    "email": "ann@example.com",
    "password": PASSWORD,
    "handle": "Ann",
    "display_name": "Ann Example",
}
LOGIN = {"email": ANN["email"], "password": PASSWORD}


def register(api: InProcess, *, headers: dict[str, str] | None = None, **changes: Any) -> Response:
    """Both steps of a registration; the answer to the first, where that is a refusal."""
    begun = begin_registration(api, headers=headers, **changes)
    return verify_registration(api, begun, headers=headers) if begun.status_code == 202 else begun


def begin_registration(
    api: InProcess, *, headers: dict[str, str] | None = None, **changes: Any
) -> Response:
    """The first step: a mail is asked for."""
    return api.post("/v1/auth/register", json=ANN | changes, headers=headers)


def verify_registration(
    api: InProcess, begun: Response, *, headers: dict[str, str] | None = None, **changes: Any
) -> Response:
    """The second step, with the code that the mail has."""
    token = begun.json()["registration_token"]
    body = {"registration_token": token, "code": mailed_code(token)} | changes
    return api.post("/v1/auth/register/verify", json=body, headers=headers)


def mailed_code(registration_token: str) -> str:
    """What the mail of a registration says."""
    sealer = wiring.sealer()
    ref = sealer.open_token(REGISTRATION_SEAL, registration_token)
    registration = account_wiring.pending().registration(ref)
    assert registration
    return sealer.code(REGISTRATION_SEAL, registration.id)


def bearer(tokens: Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.json()['access_token']}"}


def code_of(response: Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    code: str = response.json()["code"]
    return code
