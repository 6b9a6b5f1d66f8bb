"""The routes of registering, signing in, passwords and addresses: bodies, refusals, limits."""

from __future__ import annotations

import pytest

from api.identity.limits import REGISTER
from socialflow.identity import account_wiring, wiring
from socialflow.identity.accounts.limits import LOG_IN
from socialflow.identity.accounts.pending import (
    EMAIL_CHANGE_SEAL,
    RESET_SEAL,
    ref_of,
)
from tests.unit.identity.accounts.behind_the_edge import ORIGIN_SECRET, seen_from
from tests.unit.identity.requests import (
    ANN,
    LOGIN,
    PASSWORD,
    bearer,
    begin_registration,
    code_of,
    mailed_code,
    register,
    verify_registration,
)
from tests.unit.in_process import InProcess

NEW_PASSWORD = "another horse battery"


@pytest.fixture
def behind_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API as it is deployed: nobody reaches it but through CloudFront."""
    monkeypatch.setenv("SF_ORIGIN_SECRET", ORIGIN_SECRET)


def mailed_reset_token(email: str) -> str:
    """What the mail of a reset links to."""
    reset = account_wiring.pending().reset(ref_of(email))
    assert reset
    return wiring.sealer().token(RESET_SEAL, reset.subject, reset.expires_at)


class TestRegistering:
    def test_a_taken_handle_is_told_at_once(self, api: InProcess) -> None:
        register(api)
        refused = begin_registration(api, email="ben@example.com", handle="ANN")
        assert refused.status_code == 409
        assert code_of(refused) == "handle_taken"

    def test_answers_a_token_and_how_long_it_is_good(self, api: InProcess) -> None:
        begun = begin_registration(api)
        assert begun.status_code == 202
        assert begun.headers["cache-control"] == "no-store"
        assert set(begun.json()) == {"registration_token", "expires_at"}

    def test_the_code_makes_the_account_and_its_tokens(self, api: InProcess) -> None:
        response = register(api)
        assert response.status_code == 201
        body = response.json()
        assert {"user", "access_token", "refresh_token", "expires_in"} <= set(body)
        assert body["user"]["handle"] == "ann"
        assert body["user"]["email"] == "ann@example.com"
        assert api.get("/v1/me", headers=bearer(response)).status_code == 200

    def test_a_wrong_code_and_one_too_late(self, api: InProcess) -> None:
        begun = begin_registration(api)
        token = begun.json()["registration_token"]
        other = str((int(mailed_code(token)) + 1) % 10**6).zfill(6)
        for _ in range(5):
            assert code_of(verify_registration(api, begun, code=other)) == "code_wrong"
        over = verify_registration(api, begun)
        assert over.status_code == 410
        assert code_of(over) == "registration_over"

    def test_the_same_idempotency_key_gets_the_same_session(self, api: InProcess) -> None:
        headers = {"Idempotency-Key": "6f1d4d9e"}
        first, again = register(api, headers=headers), register(api, headers=headers)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json()["refresh_token"] == first.json()["refresh_token"]

    def test_the_key_with_another_body(self, api: InProcess) -> None:
        headers = {"Idempotency-Key": "6f1d4d9e"}
        begin_registration(api, headers=headers)
        other = begin_registration(api, headers=headers, display_name="Another")
        assert code_of(other) == "idempotency_key_reused"

    def test_a_mail_asked_for_again(self, api: InProcess) -> None:
        token = {"registration_token": begin_registration(api).json()["registration_token"]}
        refused = api.post("/v1/auth/register/resend", json=token)
        assert refused.status_code == 429
        assert code_of(refused) == "mail_just_sent"
        assert refused.headers["retry-after"] == "60"

    @pytest.mark.usefixtures("behind_the_edge")
    def test_is_limited_by_address(self, api: InProcess) -> None:
        first_of_many = f'"register";r={REGISTER.limit - 1};'
        for address in ("198.51.100.1", "203.0.113.7"):
            answer = begin_registration(api, headers=seen_from(address))
            assert answer.headers["ratelimit"].startswith(first_of_many)


class TestLoggingIn:
    @pytest.mark.usefixtures("behind_the_edge")
    def test_guessing_is_slowed_for_account_and_network(self, api: InProcess) -> None:
        here = seen_from("198.51.100.1")
        assert register(api, headers=here).status_code == 201
        guess = LOGIN | {"password": "wrong horse"}
        for claimed in range(LOG_IN.free):
            claims = here | {"X-Forwarded-For": f"10.0.0.{claimed}, {here['X-Forwarded-For']}"}
            assert api.post("/v1/auth/login", json=guess, headers=claims).status_code == 401
        capitals = LOGIN | {"email": " ANN@example.com"}
        refused = api.post("/v1/auth/login", json=capitals, headers=here)
        assert refused.status_code == 429
        assert code_of(refused) == "too_many_attempts"
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["ratelimit"].startswith('"login";r=0;')
        assert refused.headers["ratelimit-policy"] == LOG_IN.header
        elsewhere = seen_from("203.0.113.7")
        assert api.post("/v1/auth/login", json=LOGIN, headers=elsewhere).status_code == 200
        other = LOGIN | {"email": "ben@example.com"}
        assert api.post("/v1/auth/login", json=other, headers=here).status_code == 401

    def test_signs_in(self, api: InProcess) -> None:
        registered = register(api)
        response = api.post("/v1/auth/login", json=LOGIN)
        assert response.status_code == 200
        assert response.json()["user"] == registered.json()["user"]
        assert response.headers["ratelimit-policy"] == LOG_IN.header


class TestResetting:
    def test_a_link_sets_the_password_once(self, api: InProcess) -> None:
        tokens = register(api)
        asked = api.post("/v1/auth/password/forgot", json={"email": ANN["email"]})
        assert asked.status_code == 202
        body = {"token": mailed_reset_token(ANN["email"]), "password": NEW_PASSWORD}
        assert api.post("/v1/auth/password/reset", json=body).status_code == 204
        assert api.post("/v1/auth/login", json=LOGIN).status_code == 401
        signed_in = api.post("/v1/auth/login", json=LOGIN | {"password": NEW_PASSWORD})
        assert signed_in.status_code == 200
        old = {"refresh_token": tokens.json()["refresh_token"]}
        assert api.post("/v1/auth/refresh", json=old).status_code == 401
        used = api.post("/v1/auth/password/reset", json=body | {"password": "a third horse"})
        assert code_of(used) == "reset_over"

    def test_no_token_no_password(self, api: InProcess) -> None:
        register(api)
        for token in ("x", "sfs1.00000000.1.x." + "A" * 43):
            body = {"token": token, "password": NEW_PASSWORD}
            refused = api.post("/v1/auth/password/reset", json=body)
            assert refused.status_code == 410


class TestChangingThePassword:
    def test_ends_every_other_session(self, api: InProcess) -> None:
        other = register(api)
        here = api.post("/v1/auth/login", json=LOGIN)
        body = {"current": PASSWORD, "new": NEW_PASSWORD}
        assert (
            api.request("PUT", "/v1/me/password", json=body, headers=bearer(here)).status_code
            == 204
        )
        assert (
            api.request("PUT", "/v1/me/password", json=body, headers=bearer(here)).status_code
            == 204
        )
        assert code_of(api.request("PUT", "/v1/me/password", json=body, headers=bearer(other))) == (
            "session_ended"
        )

    def test_a_wrong_present_one(self, api: InProcess) -> None:
        tokens = register(api)
        body = {"current": "wrong horse", "new": NEW_PASSWORD}
        refused = api.request("PUT", "/v1/me/password", json=body, headers=bearer(tokens))
        assert refused.status_code == 403
        assert code_of(refused) == "password_wrong"


class TestChangingTheAddress:
    def test_takes_the_code_sent_to_it(self, api: InProcess) -> None:
        tokens = register(api)
        asked = api.post("/v1/me/email", json={"email": "Ann@example.net"}, headers=bearer(tokens))
        assert asked.status_code == 202
        assert asked.json()["email"] == "ann@example.net"
        user_id = tokens.json()["user"]["id"]
        change = account_wiring.pending().email_change(user_id)
        assert change
        code = wiring.sealer().code(EMAIL_CHANGE_SEAL, change.id)
        moved = api.post("/v1/me/email/verify", json={"code": code}, headers=bearer(tokens))
        assert moved.status_code == 200
        assert moved.json()["email"] == "ann@example.net"
        assert api.post("/v1/auth/login", json=LOGIN).status_code == 401
        there = LOGIN | {"email": "ann@example.net"}
        assert api.post("/v1/auth/login", json=there).status_code == 200

    def test_its_own_address_is_no_change(self, api: InProcess) -> None:
        tokens = register(api)
        asked = api.post("/v1/me/email", json={"email": ANN["email"]}, headers=bearer(tokens))
        assert asked.status_code == 409
        assert code_of(asked) == "email_unchanged"
