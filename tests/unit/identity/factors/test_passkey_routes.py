"""The routes of passkeys, called as pages and phones call them."""

from __future__ import annotations

import pytest

from socialflow.identity import factor_wiring
from tests.software_authenticator import Oddity, SoftwareAuthenticator
from tests.unit.identity.factors.calling import (
    ORIGIN,
    OUR_PAGE,
    PASSKEYS,
    add_passkey,
    signed,
)
from tests.unit.identity.requests import bearer, code_of
from tests.unit.in_process import InProcess


class TestPasskeys:
    def test_a_passkey_is_added_shown_renamed_and_removed(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator
    ) -> None:
        added = add_passkey(api, caller, browser)
        assert added.status_code == 201
        passkey = added.json()
        assert (passkey["name"], passkey["synced"], passkey["suspected_clone"]) == (
            "Phone",
            False,
            False,
        )
        assert api.get(PASSKEYS, headers=caller).json() == {"items": [passkey]}
        path, name = f"{PASSKEYS}/{passkey['id']}", {"name": "  Old browser "}
        missing = api.request("PATCH", path, json=name, headers=caller)
        assert (missing.status_code, code_of(missing)) == (428, "if_match_required")
        seen = caller | {"If-Match": passkey["etag"]}
        renamed = api.request("PATCH", path, json=name, headers=seen)
        assert renamed.json()["name"] == "Old browser"
        assert renamed.headers["etag"] == renamed.json()["etag"] != passkey["etag"]
        stale = api.request("PATCH", path, json=name, headers=seen)
        assert (stale.status_code, code_of(stale)) == (412, "passkey_edited_meanwhile")
        assert api.request("DELETE", path, headers=caller).status_code == 204
        assert api.get(PASSKEYS, headers=caller).json() == {"items": []}

    @pytest.mark.parametrize("name", ["", "   ", "x" * 51, "two\nlines", "\u202eenohP"])
    def test_a_name_that_cannot_be_shown(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator, name: str
    ) -> None:
        answer = add_passkey(api, caller, browser, name=name)
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
        caller: dict[str, str],
        browser: SoftwareAuthenticator,
        part: str,
        value: object,
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=caller).json()
        credential = browser.create(asked["public_key"])
        credential["response"][part] = value
        answer = add_passkey(
            api, caller, SoftwareAuthenticator(ORIGIN, seed="other"), credential=credential
        )
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_what_later_browsers_may_send_besides_is_ignored(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=caller).json()
        credential = browser.create(asked["public_key"])
        credential["response"] |= {"publicKeyAlgorithm": -7, "authenticatorData": "AAAA"}
        credential["credProps"] = {"rk": True}
        body = {
            "challenge_token": asked["challenge_token"],
            "credential": credential,
            "name": "Phone",
        }
        assert api.post(PASSKEYS, json=body, headers=caller).status_code == 201

    def test_the_same_request_again(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator
    ) -> None:
        asked = api.post(f"{PASSKEYS}/options", headers=caller).json()
        body = {
            "challenge_token": asked["challenge_token"],
            "credential": browser.create(asked["public_key"]),
            "name": "Phone",
        }
        keyed = caller | {"Idempotency-Key": "passkey-1"}
        first, again = (api.post(PASSKEYS, json=body, headers=keyed) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        other = api.post(PASSKEYS, json=body | {"name": "Other"}, headers=keyed)
        assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")

    def test_signs_in_without_a_password(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator
    ) -> None:
        add_passkey(api, caller, browser)
        answer = api.post("/v1/auth/passkeys", json=signed(api, browser), headers=OUR_PAGE)
        assert answer.status_code == 200
        assert "__Secure-sf_refresh=" in answer.headers["set-cookie"]
        assert api.get("/v1/me", headers=bearer(answer)).json()["handle"] == "ann"

    def test_what_proves_nothing_looks_alike(
        self, api: InProcess, caller: dict[str, str], browser: SoftwareAuthenticator
    ) -> None:
        """A stranger's passkey, one that is unknown, and one of another site."""
        add_passkey(api, caller, browser)
        nobodys = SoftwareAuthenticator(ORIGIN, seed="nobody")
        nobodys.create(api.post(f"{PASSKEYS}/options", headers=caller).json()["public_key"])
        answers = [
            api.post("/v1/auth/passkeys", json=signed(api, by, odd))
            for by, odd in (
                (nobodys, None),
                (browser, Oddity(user_handle=b"usr_00000000000000000000000000")),
                (browser, Oddity(origin="https://evil.example")),
                (browser, Oddity(flags_off=0x04)),
            )
        ]
        bodies = [answer.json() | {"request_id": ""} for answer in answers]
        assert {answer.status_code for answer in answers} == {401}
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0]["code"] == "passkey_refused"

    def test_a_stage_without_an_address_has_none(
        self, api: InProcess, caller: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SF_PUBLIC_ORIGIN", "")
        factor_wiring.relying_party.cache_clear()
        answer = api.post("/v1/auth/passkeys/options")
        assert (answer.status_code, code_of(answer)) == (503, "passkeys_unavailable")
