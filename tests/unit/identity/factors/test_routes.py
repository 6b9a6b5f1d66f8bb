"""The routes of second factors, called as pages and phones call them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from tests.software_authenticator import SoftwareAuthenticator
from tests.unit.identity.factors.calling import (
    CODE,
    OUR_PAGE,
    PASSKEYS,
    STEP_UP,
    add_passkey,
    app_code,
    challenged,
    set_up,
    signed,
)
from tests.unit.identity.requests import LOGIN, PASSWORD, bearer, code_of
from tests.unit.in_process import InProcess


class TestSecondStep:
    def test_a_password_alone_gets_no_token(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        set_up(api, caller, wall_clock)
        answer = api.post("/v1/auth/login", json=LOGIN)
        assert answer.status_code == 202
        assert set(answer.json()) == {"challenge", "methods", "expires_at"}
        assert answer.json()["methods"] == ["totp", "recovery_code"]
        assert "set-cookie" not in answer.headers

    def test_a_wrong_code(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        set_up(api, caller, wall_clock)
        body = {"challenge": challenged(api), "code": "000000"}
        answer = api.post(CODE, json=body)
        assert (answer.status_code, code_of(answer)) == (401, "second_factor_refused")

    def test_too_many_of_them(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        set_up(api, caller, wall_clock)
        for _ in range(5):
            api.post(CODE, json={"challenge": challenged(api), "code": "000000"})
        answer = api.post(CODE, json={"challenge": challenged(api), "code": "000000"})
        assert (answer.status_code, code_of(answer)) == (429, "too_many_attempts")
        assert answer.headers["retry-after"] == "1"
        assert '"second_factor"' in answer.headers["ratelimit"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"challenge": "x"},
            {"challenge": "x", "code": "12"},
            {"challenge": "x", "code": "1" * 41},
            {"challenge": "a b", "code": "123456"},
            {"challenge": "x", "code": "123456", "roles": ["admin"]},
        ],
    )
    def test_what_is_no_answer(self, api: InProcess, body: dict[str, Any]) -> None:
        answer = api.post(CODE, json=body)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_a_right_code_signs_in(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, caller, wall_clock)
        answer = api.post(CODE, json={"challenge": challenged(api), "code": app_code(secret)})
        assert answer.status_code == 200
        assert answer.json()["refresh_token"]
        assert api.get("/v1/me", headers=bearer(answer)).json()["handle"] == "ann"

    def test_a_page_gets_its_refresh_token_in_a_cookie(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, caller, wall_clock)
        body = {"challenge": challenged(api), "code": app_code(secret)}
        answer = api.post(CODE, json=body, headers=OUR_PAGE)
        assert answer.json()["refresh_token"] is None
        assert "__Secure-sf_refresh=" in answer.headers["set-cookie"]

    def test_no_other_sites_page_does(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, caller, wall_clock)
        body = {"challenge": challenged(api), "code": app_code(secret)}
        foreign = OUR_PAGE | {"Origin": "https://evil.example"}
        answer = api.post(CODE, json=body, headers=foreign)
        assert (answer.status_code, code_of(answer)) == (403, "cross_site_request")
        # And the code is not used up by it.
        assert api.post(CODE, json=body, headers=OUR_PAGE).status_code == 200


class TestSettingUp:
    def test_shows_secret_uri_and_drawing(self, api: InProcess, caller: dict[str, str]) -> None:
        answer = api.post("/v1/me/totp", headers=caller)
        shown = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert set(shown) == {"secret", "otpauth_uri", "qr_svg", "expires_at"}
        assert parse_qs(urlsplit(shown["otpauth_uri"]).query)["secret"] == [shown["secret"]]
        assert shown["qr_svg"].startswith("<svg ")

    def test_is_overseen(
        self, api: InProcess, caller: dict[str, str], wall_clock: time_machine.Traveller
    ) -> None:
        before = api.get("/v1/me/security", headers=caller).json()
        assert before == {
            "has_password": True,
            "email_verified": True,
            "totp": {"enabled": False, "confirmed_at": None, "recovery_codes_left": 0},
            "passkeys": 0,
            "providers": [],
        }
        set_up(api, caller, wall_clock)
        after = api.get("/v1/me/security", headers=caller).json()["totp"]
        assert after["enabled"]
        assert after["confirmed_at"].endswith("Z")
        assert after["recovery_codes_left"] == 10

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/v1/me/totp"),
            ("DELETE", "/v1/me/totp"),
            ("POST", "/v1/me/recovery-codes"),
            ("POST", f"{PASSKEYS}/options"),
            ("DELETE", f"{PASSKEYS}/psk_00000000000000000000000000"),
        ],
    )
    def test_asks_for_a_fresh_proof(
        self,
        api: InProcess,
        caller: dict[str, str],
        wall_clock: time_machine.Traveller,
        method: str,
        path: str,
    ) -> None:
        wall_clock.shift(timedelta(minutes=11))
        answer = api.request(method, path, headers=caller)
        assert (answer.status_code, code_of(answer)) == (403, "step_up_required")
        stepped = api.post(STEP_UP, json={"password": PASSWORD}, headers=caller)
        assert stepped.status_code == 204
        again = api.request(method, path, headers=caller)
        assert again.status_code != 403


class TestStepUp:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"password": "x", "code": "123456"},
            {"challenge_token": "x"},
            {"credential": {"id": "A", "rawId": "A", "type": "public-key", "response": {}}},
            {"password": "x" * 1025},
            {"password": "x", "verified_at": "2030-01-01T00:00:00Z"},
        ],
        ids=str,
    )
    def test_takes_one_proof(
        self, api: InProcess, caller: dict[str, str], body: dict[str, Any]
    ) -> None:
        answer = api.post(STEP_UP, json=body, headers=caller)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_by_a_wrong_password_says_what_would_do(
        self, api: InProcess, caller: dict[str, str]
    ) -> None:
        answer = api.post(STEP_UP, json={"password": "wrong horse battery"}, headers=caller)
        assert (answer.status_code, code_of(answer)) == (403, "step_up_refused")
        assert answer.json()["context"]["methods"] == ["password"]

    def test_by_code_and_by_passkey(
        self,
        api: InProcess,
        caller: dict[str, str],
        wall_clock: time_machine.Traveller,
        browser: SoftwareAuthenticator,
    ) -> None:
        secret = set_up(api, caller, wall_clock)
        assert add_passkey(api, caller, browser).status_code == 201
        for proof in ({"code": app_code(secret)}, signed(api, browser)):
            assert api.post(STEP_UP, json=proof, headers=caller).status_code == 204
            again = api.post(STEP_UP, json=proof, headers=caller)
            assert (again.status_code, code_of(again)) == (403, "step_up_refused")
