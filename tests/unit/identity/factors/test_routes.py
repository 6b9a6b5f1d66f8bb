"""The routes of second factors and passkeys, called as pages and phones call them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from httpx import Response

from socialflow.identity import factor_wiring
from socialflow.identity.factors import totp
from socialflow.platform.clock import utc_now
from tests.software_authenticator import Oddity, SoftwareAuthenticator
from tests.unit.doubles import START
from tests.unit.identity.requests import LOGIN, PASSWORD, bearer, code_of, register
from tests.unit.in_process import InProcess

ORIGIN = "http://localhost:8080"
OUR_PAGE = {"X-Session-Transport": "cookie", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
CODE = "/v1/auth/login/second-factor"
STEP_UP = "/v1/auth/step-up"
PASSKEYS = "/v1/me/passkeys"


@pytest.fixture
def clock(api: InProcess) -> Iterator[time_machine.Traveller]:
    """The wall clock, moved by hand."""
    with time_machine.travel(START + timedelta(days=1), tick=False) as clock:
        yield clock


@pytest.fixture
def ann(api: InProcess, clock: time_machine.Traveller) -> dict[str, str]:
    """Ann's authorization."""
    return bearer(register(api))


@pytest.fixture
def phone() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(ORIGIN)


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


class TestSecondStep:
    def test_a_password_alone_gets_no_token(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        set_up(api, ann, clock)
        answer = api.post("/v1/auth/login", json=LOGIN)
        assert answer.status_code == 202
        assert set(answer.json()) == {"challenge", "methods", "expires_at"}
        assert answer.json()["methods"] == ["totp", "recovery_code"]
        assert "set-cookie" not in answer.headers

    def test_a_wrong_code(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        set_up(api, ann, clock)
        body = {"challenge": challenged(api), "code": "000000"}
        answer = api.post(CODE, json=body)
        assert (answer.status_code, code_of(answer)) == (401, "second_factor_refused")

    def test_too_many_of_them(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        set_up(api, ann, clock)
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
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, ann, clock)
        answer = api.post(CODE, json={"challenge": challenged(api), "code": app_code(secret)})
        assert answer.status_code == 200
        assert answer.json()["refresh_token"]
        assert api.get("/v1/me", headers=bearer(answer)).json()["handle"] == "ann"

    def test_a_page_gets_its_refresh_token_in_a_cookie(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, ann, clock)
        body = {"challenge": challenged(api), "code": app_code(secret)}
        answer = api.post(CODE, json=body, headers=OUR_PAGE)
        assert answer.json()["refresh_token"] is None
        assert "__Secure-sf_refresh=" in answer.headers["set-cookie"]

    def test_no_other_sites_page_does(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        secret = set_up(api, ann, clock)
        body = {"challenge": challenged(api), "code": app_code(secret)}
        foreign = OUR_PAGE | {"Origin": "https://evil.example"}
        answer = api.post(CODE, json=body, headers=foreign)
        assert (answer.status_code, code_of(answer)) == (403, "cross_site_request")
        # And the code is not used up by it.
        assert api.post(CODE, json=body, headers=OUR_PAGE).status_code == 200


class TestSettingUp:
    def test_shows_secret_uri_and_drawing(self, api: InProcess, ann: dict[str, str]) -> None:
        answer = api.post("/v1/me/totp", headers=ann)
        shown = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert set(shown) == {"secret", "otpauth_uri", "qr_svg", "expires_at"}
        assert parse_qs(urlsplit(shown["otpauth_uri"]).query)["secret"] == [shown["secret"]]
        assert shown["qr_svg"].startswith("<svg ")

    def test_is_overseen(
        self, api: InProcess, ann: dict[str, str], clock: time_machine.Traveller
    ) -> None:
        before = api.get("/v1/me/security", headers=ann).json()
        assert before == {
            "has_password": True,
            "email_verified": True,
            "totp": {"enabled": False, "confirmed_at": None, "recovery_codes_left": 0},
            "passkeys": 0,
            "providers": [],
        }
        set_up(api, ann, clock)
        after = api.get("/v1/me/security", headers=ann).json()["totp"]
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
        ann: dict[str, str],
        clock: time_machine.Traveller,
        method: str,
        path: str,
    ) -> None:
        clock.shift(timedelta(minutes=11))
        answer = api.request(method, path, headers=ann)
        assert (answer.status_code, code_of(answer)) == (403, "step_up_required")
        stepped = api.post(STEP_UP, json={"password": PASSWORD}, headers=ann)
        assert stepped.status_code == 204
        again = api.request(method, path, headers=ann)
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
        self, api: InProcess, ann: dict[str, str], body: dict[str, Any]
    ) -> None:
        answer = api.post(STEP_UP, json=body, headers=ann)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_by_a_wrong_password_says_what_would_do(
        self, api: InProcess, ann: dict[str, str]
    ) -> None:
        answer = api.post(STEP_UP, json={"password": "wrong horse battery"}, headers=ann)
        assert (answer.status_code, code_of(answer)) == (403, "step_up_refused")
        assert answer.json()["context"]["methods"] == ["password"]

    def test_by_code_and_by_passkey(
        self,
        api: InProcess,
        ann: dict[str, str],
        clock: time_machine.Traveller,
        phone: SoftwareAuthenticator,
    ) -> None:
        secret = set_up(api, ann, clock)
        assert add_passkey(api, ann, phone).status_code == 201
        for proof in ({"code": app_code(secret)}, signed(api, phone)):
            assert api.post(STEP_UP, json=proof, headers=ann).status_code == 204
            again = api.post(STEP_UP, json=proof, headers=ann)
            assert (again.status_code, code_of(again)) == (403, "step_up_refused")


class TestPasskeys:
    def test_a_passkey_is_added_shown_renamed_and_removed(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator
    ) -> None:
        added = add_passkey(api, ann, phone)
        assert added.status_code == 201
        passkey = added.json()
        assert (passkey["name"], passkey["synced"], passkey["suspected_clone"]) == (
            "Phone",
            False,
            False,
        )
        assert api.get(PASSKEYS, headers=ann).json() == {"items": [passkey]}
        path, name = f"{PASSKEYS}/{passkey['id']}", {"name": "  Old phone "}
        missing = api.request("PATCH", path, json=name, headers=ann)
        assert (missing.status_code, code_of(missing)) == (428, "if_match_required")
        seen = ann | {"If-Match": passkey["etag"]}
        renamed = api.request("PATCH", path, json=name, headers=seen)
        assert renamed.json()["name"] == "Old phone"
        assert renamed.headers["etag"] == renamed.json()["etag"] != passkey["etag"]
        stale = api.request("PATCH", path, json=name, headers=seen)
        assert (stale.status_code, code_of(stale)) == (412, "passkey_edited_meanwhile")
        assert api.request("DELETE", path, headers=ann).status_code == 204
        assert api.get(PASSKEYS, headers=ann).json() == {"items": []}

    @pytest.mark.parametrize("name", ["", "   ", "x" * 51, "two\nlines", "\u202eenohP"])
    def test_a_name_that_cannot_be_shown(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator, name: str
    ) -> None:
        answer = add_passkey(api, ann, phone, name=name)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    @pytest.mark.parametrize(
        ("part", "value"),
        [
            ("clientDataJSON", "not base64url!"),
            ("attestationObject", ""),
            ("attestationObject", "A" * 65537),
            ("transports", ["usb"] * 17),
            ("transports", ["x" * 33]),
        ],
    )
    def test_a_credential_that_is_none(
        self,
        api: InProcess,
        ann: dict[str, str],
        phone: SoftwareAuthenticator,
        part: str,
        value: object,
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=ann).json()
        credential = phone.create(asked["public_key"])
        credential["response"][part] = value
        answer = add_passkey(
            api, ann, SoftwareAuthenticator(ORIGIN, seed="other"), credential=credential
        )
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_what_later_browsers_may_send_besides_is_ignored(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=ann).json()
        credential = phone.create(asked["public_key"])
        credential["response"] |= {"publicKeyAlgorithm": -7, "authenticatorData": "AAAA"}
        credential["credProps"] = {"rk": True}
        body = {
            "challenge_token": asked["challenge_token"],
            "credential": credential,
            "name": "Phone",
        }
        assert api.post(PASSKEYS, json=body, headers=ann).status_code == 201

    def test_the_same_request_again(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=ann).json()
        body = {
            "challenge_token": asked["challenge_token"],
            "credential": phone.create(asked["public_key"]),
            "name": "Phone",
        }
        keyed = ann | {"Idempotency-Key": "passkey-1"}
        first, again = (api.post(PASSKEYS, json=body, headers=keyed) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        other = api.post(PASSKEYS, json=body | {"name": "Other"}, headers=keyed)
        assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")

    def test_signs_in_without_a_password(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator
    ) -> None:
        add_passkey(api, ann, phone)
        answer = api.post("/v1/auth/passkeys", json=signed(api, phone), headers=OUR_PAGE)
        assert answer.status_code == 200
        assert "__Secure-sf_refresh=" in answer.headers["set-cookie"]
        assert api.get("/v1/me", headers=bearer(answer)).json()["handle"] == "ann"

    def test_what_proves_nothing_looks_alike(
        self, api: InProcess, ann: dict[str, str], phone: SoftwareAuthenticator
    ) -> None:
        """A stranger's passkey, one that is unknown, and one of another site."""
        add_passkey(api, ann, phone)
        nobodys = SoftwareAuthenticator(ORIGIN, seed="nobody")
        nobodys.create(api.post(f"{PASSKEYS}/options", headers=ann).json()["public_key"])
        answers = [
            api.post("/v1/auth/passkeys", json=signed(api, by, odd))
            for by, odd in (
                (nobodys, None),
                (phone, Oddity(user_handle=b"usr_00000000000000000000000000")),
                (phone, Oddity(origin="https://evil.example")),
                (phone, Oddity(flags_off=0x04)),
            )
        ]
        bodies = [answer.json() | {"request_id": ""} for answer in answers]
        assert {answer.status_code for answer in answers} == {401}
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0]["code"] == "passkey_refused"

    def test_a_stage_without_an_address_has_none(
        self, api: InProcess, ann: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SF_PUBLIC_ORIGIN", "")
        factor_wiring.relying_party.cache_clear()
        answer = api.post("/v1/auth/passkeys/options")
        assert (answer.status_code, code_of(answer)) == (503, "passkeys_unavailable")
