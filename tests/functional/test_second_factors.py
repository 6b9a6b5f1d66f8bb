"""Second factors and passkeys on the deployed stack, with its own policies."""

from __future__ import annotations

from base64 import b32decode
from typing import Any

import httpx
import pytest

from infra.local.mailbox.reading import Mailbox
from socialflow.identity.factors import totp
from socialflow.platform.clock import utc_now
from tests.functional.people import PASSWORD, Device, mailbox_of
from tests.software_authenticator import SoftwareAuthenticator

PASSKEYS = "/v1/me/passkeys"
CODE = "/v1/auth/login/second-factor"


@pytest.fixture
def mailbox(origin: str) -> Mailbox:
    return mailbox_of(origin)


def app_code(secret: bytes, steps: int = 0) -> str:
    """What the app shows now, or some steps away."""
    return totp.code_at(secret, totp.step_at(utc_now()) + steps)


def set_up(ann: Device) -> tuple[bytes, list[str]]:
    shown = ann.post("/v1/me/totp")
    assert shown.status_code == 200, shown.text
    secret = b32decode(shown.json()["secret"])
    confirmed = ann.post("/v1/me/totp/confirm", json={"code": app_code(secret)})
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


def second_step(ann: Device, code: str) -> httpx.Response:
    """Signs in on another device, in two steps."""
    device = Device(ann.origin)
    log_in = {"email": ann.account["email"], "password": PASSWORD}
    asked = device.post("/v1/auth/login", json=log_in)
    assert asked.status_code == 202, asked.text
    return device.post(CODE, json={"challenge": asked.json()["challenge"], "code": code})


def signed(device: Device, browser: SoftwareAuthenticator) -> dict[str, Any]:
    asked = device.post("/v1/auth/passkeys/options").json()
    credential = browser.get(asked["public_key"])
    return {"challenge_token": asked["challenge_token"], "credential": credential}


class TestAuthenticatorApp:
    def test_is_asked_for_and_each_code_counts_once(self, ann: Device, mailbox: Mailbox) -> None:
        secret, codes = set_up(ann)
        # The next step's code is good already: clocks of phones are a little off.
        code = app_code(secret, 1)
        signed_in = second_step(ann, code)
        assert signed_in.status_code == 200, signed_in.text
        assert second_step(ann, code).json()["code"] == "second_factor_refused"
        assert second_step(ann, codes[0]).status_code == 200
        assert second_step(ann, codes[0]).json()["code"] == "second_factor_refused"
        mailbox.wait_for(ann.account["email"], containing="A recovery code was used")

    def test_goes_with_its_codes(self, ann: Device) -> None:
        set_up(ann)
        assert ann.request("DELETE", "/v1/me/totp").status_code == 204
        log_in = {"email": ann.account["email"], "password": PASSWORD}
        assert Device(ann.origin).post("/v1/auth/login", json=log_in).status_code == 200


class TestPasskeys:
    def test_signs_in_steps_up_and_goes(self, ann: Device, mailbox: Mailbox) -> None:
        phone = SoftwareAuthenticator(ann.origin, seed=ann.handle)
        asked = ann.post(f"{PASSKEYS}/options")
        assert asked.status_code == 200, asked.text
        body = {
            "challenge_token": asked.json()["challenge_token"],
            "credential": phone.create(asked.json()["public_key"]),
            "name": "Phone",
        }
        made = ann.post(PASSKEYS, json=body, headers={"Idempotency-Key": "passkey"})
        assert made.status_code == 201, made.text
        stranger = Device(ann.origin)
        answer = signed(stranger, phone)
        signed_in = stranger.post("/v1/auth/passkeys", json=answer)
        assert signed_in.status_code == 200, signed_in.text
        assert signed_in.json()["user"]["handle"] == ann.handle
        assert stranger.post("/v1/auth/passkeys", json=answer).json()["code"] == "challenge_invalid"
        assert ann.post("/v1/auth/step-up", json=signed(ann, phone)).status_code == 204
        phone.passkeys[0].sign_count = 0
        copy = stranger.post("/v1/auth/passkeys", json=signed(stranger, phone))
        assert copy.json()["code"] == "passkey_cloned"
        mailbox.wait_for(ann.account["email"], containing="may have been copied")
        (shown,) = ann.get(PASSKEYS).json()["items"]
        assert shown["suspected_clone"]
        assert ann.request("DELETE", f"{PASSKEYS}/{shown['id']}").status_code == 204
        assert ann.get("/v1/me/security").json()["passkeys"] == 0
