"""Requests to the routes of second factors and passkeys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import time_machine
from httpx import Response

from socialflow.identity.factors import totp
from socialflow.platform.clock import utc_now
from tests.software_authenticator import Oddity, SoftwareAuthenticator
from tests.unit.identity.requests import LOGIN
from tests.unit.in_process import InProcess

ORIGIN = "http://localhost:8080"
OUR_PAGE = {"X-Session-Transport": "cookie", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
CODE = "/v1/auth/login/second-factor"
STEP_UP = "/v1/auth/step-up"
PASSKEYS = "/v1/me/passkeys"


def set_up(api: InProcess, ann: dict[str, str], clock: time_machine.Traveller) -> bytes:
    shown = api.post("/v1/me/totp", headers=ann).json()
    secret = pyotp.parse_uri(shown["otpauth_uri"]).byte_secret()
    confirmed = api.post("/v1/me/totp/confirm", json={"code": app_code(secret)}, headers=ann)
    assert confirmed.status_code == 200
    clock.shift(timedelta(seconds=31))
    return secret


def app_code(secret: bytes) -> str:
    return totp.code_at(secret, totp.step_at(utc_now()))


def challenged(api: InProcess) -> str:
    answer = api.post("/v1/auth/login", json=LOGIN)
    assert answer.status_code == 202, answer.text
    challenge: str = answer.json()["challenge"]
    return challenge


def add_passkey(
    api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator, **changes: Any
) -> Response:
    asked = api.post(f"{PASSKEYS}/options", headers=ann).json()
    body = {
        "challenge_token": asked["challenge_token"],
        "credential": phone.create(asked["public_key"]),
        "name": "Phone",
    }
    return api.post(PASSKEYS, json=body | changes, headers=ann)


def signed(
    api: InProcess, phone: SoftwareAuthenticator, odd: Oddity | None = None
) -> dict[str, Any]:
    asked = api.post("/v1/auth/passkeys/options").json()
    credential = phone.get(asked["public_key"], odd or Oddity())
    return {"challenge_token": asked["challenge_token"], "credential": credential}
