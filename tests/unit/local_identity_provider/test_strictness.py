"""The local providers refuse what the real ones refuse: the application's tests lean on that."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.unit.local_identity_provider.asking import OPENID, VERIFIER, Asking, is_refused
from tests.unit.sign_in_providers import ALL, ORIGIN, LocalProviders, Refused, visit


@pytest.fixture(params=ALL)
def asking(request: pytest.FixtureRequest, providers: LocalProviders) -> Asking:
    return Asking(providers, request.param)


class TestAuthorizing:
    @pytest.mark.parametrize(
        "redirect_uri",
        [
            "http://localhost:8080/v1/auth/providers/other/callback",
            "http://localhost:8080/v1/auth/providers/google/callback/",
            "http://localhost:8081/v1/auth/providers/google/callback",
            "https://evil.example/callback",
        ],
    )
    def test_another_redirect_leads_nowhere(self, asking: Asking, redirect_uri: str) -> None:
        if redirect_uri == asking.redirect_uri:
            redirect_uri += "?more=1"
        with pytest.raises(Refused, match="redirect_uri"):
            visit(asking.url(redirect_uri=redirect_uri), person="nora")

    def test_an_unknown_client_leads_nowhere(self, asking: Asking) -> None:
        with pytest.raises(Refused) as refused:
            visit(asking.url(client_id="somebody-else"), person="nora")
        assert refused.value.status == 400

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge": None, "code_challenge_method": None},
            {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        ],
    )
    def test_pkce_has_to_be_there_by_s256(
        self, asking: Asking, changes: dict[str, str | None]
    ) -> None:
        try:
            back = visit(asking.url(**changes), person="nora")
        except Refused:
            return
        # An OpenID provider tells the client itself.
        assert asking.name in OPENID
        assert back.fields["error"] == "invalid_request"
        assert "code" not in back.fields

    def test_apple_answers_by_a_form_alone(self, providers: LocalProviders) -> None:
        asking = Asking(providers, "apple")
        with pytest.raises(Refused):
            visit(asking.url(response_mode=None), person="nora")
        assert asking.picked().method == "POST"

    def test_thinking_better_of_it(self, asking: Asking) -> None:
        back = visit(asking.url(), person=None)
        cancelled = "user_cancelled_authorize" if asking.name == "apple" else "access_denied"
        assert back.fields["error"] == cancelled
        assert back.fields["state"] == "the state"
        assert "code" not in back.fields


class TestRedeeming:
    def test_a_code_is_good(self, asking: Asking) -> None:
        back = asking.picked()
        assert (back.url, back.fields["state"]) == (asking.redirect_uri, "the state")
        answer = asking.redeem(back.fields["code"])
        assert answer.status_code == 200
        assert answer.json()["access_token"]

    def test_once(self, asking: Asking) -> None:
        code = asking.picked().fields["code"]
        first = asking.redeem(code).json()
        assert "access_token" in first
        assert is_refused(asking.redeem(code))

    def test_not_with_another_verifier(self, asking: Asking) -> None:
        code = asking.picked().fields["code"]
        assert is_refused(asking.redeem(code, code_verifier="w" * 43))

    def test_not_without_a_verifier(self, asking: Asking) -> None:
        code = asking.picked().fields["code"]
        assert is_refused(asking.redeem(code, code_verifier=""))

    def test_not_with_another_secret(self, asking: Asking) -> None:
        code = asking.picked().fields["code"]
        assert is_refused(asking.redeem(code, secret="a guess"))

    def test_not_with_another_redirect(self, asking: Asking) -> None:
        code = asking.picked().fields["code"]
        assert is_refused(asking.redeem(code, redirect_uri=f"{ORIGIN}/elsewhere"))

    def test_not_a_code_that_was_never_given(self, asking: Asking) -> None:
        assert is_refused(asking.redeem("c" * 43))


class TestApple:
    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "OTHERTEAM1"},
            {"sub": "com.example.other"},
            {"aud": "https://appleid.example"},
            {"exp": 1},
            {"exp": int(time.time()) + 20_000_000},
        ],
    )
    def test_takes_only_a_secret_that_is_right_in_every_part(
        self, providers: LocalProviders, changes: dict[str, Any]
    ) -> None:
        asking = Asking(providers, "apple")
        code = asking.picked().fields["code"]
        assert is_refused(asking.redeem(code, secret=asking.secret(**changes)))

    def test_takes_no_secret_signed_by_another_key(self, providers: LocalProviders) -> None:
        asking = Asking(providers, "apple")
        code = asking.picked().fields["code"]
        now = int(time.time())
        claims = {
            "iss": asking.told["team_id"],
            "sub": asking.told["client_id"],
            "aud": asking.told["issuer"],
            "iat": now,
            "exp": now + 300,
        }
        header = {"alg": "ES256", "kid": asking.told["key_id"]}
        forged = jwt.encode(header, claims, ECKey.generate_key("P-256"))
        assert is_refused(asking.redeem(code, secret=forged))

    def test_tells_the_name_beside_the_first_code_alone(self, providers: LocalProviders) -> None:
        asking = Asking(providers, "apple")
        first, second = (asking.picked("made-up:first").fields for _ in range(2))
        assert json.loads(first["user"])["name"] == {"firstName": "Made", "lastName": "first"}
        assert "user" not in second


class TestTelling:
    @pytest.mark.parametrize("name", OPENID)
    def test_the_nonce_comes_back_in_the_id_token(
        self, providers: LocalProviders, name: str
    ) -> None:
        asking = Asking(providers, name)
        answer = asking.redeem(asking.picked(nonce="another nonce").fields["code"]).json()
        payload = answer["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert claims["nonce"] == "another nonce"
        assert claims["aud"] == asking.told["client_id"]
        assert claims["iss"] == asking.told["issuer"]

    @pytest.mark.parametrize("name", ["github", "x"])
    def test_a_token_opens_what_its_scopes_say(self, providers: LocalProviders, name: str) -> None:
        asking = Asking(providers, name)
        path = {"github": "/user/emails", "x": "/users/me?user.fields=confirmed_email"}[name]
        scope = {"github": "read:user", "x": "users.read tweet.read"}[name]
        token = asking.redeem(asking.picked(scope=scope).fields["code"]).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx.get(f"{asking.told['api']}{path}", headers=headers)
        assert "nora.lindqvist@example.net" not in answer.text
        assert httpx.get(f"{asking.told['api']}{path}").status_code == 401
