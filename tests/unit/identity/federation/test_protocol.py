"""What a provider is asked, and what becomes of each thing that it may answer."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.errors import ProviderSignInFailed, ProviderUnavailable
from socialflow.identity.federation.http import NoAnswer
from socialflow.identity.federation.id_tokens import IdTokens, PublishedKeys
from socialflow.identity.federation.models import ProviderIdentity, s256
from socialflow.identity.federation.protocol import Protocol
from socialflow.identity.federation.providers import PROVIDERS
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.aws import client
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.identity.federation.pretending import (
    APPLE_KEY,
    KEY,
    Pretending,
    client_of,
    signed,
)

REDIRECT = "https://ours.example/v1/auth/providers/any/callback"
GITHUB, X, APPLE, GOOGLE = map(client_of, ("github", "x", "apple", "google"))


class Asking:
    """The protocol against providers that pretend."""

    def __init__(self, clock: MovableClock, ids: CountedIds) -> None:
        self.http = Pretending()
        self.clock = clock
        secret = SealingSecret(lambda: client("secretsmanager"), "sealing-keys", clock=clock)
        secret.tend()
        self.sealer = Sealer(secret, clock=clock)
        tokens = IdTokens(PublishedKeys(self.http, clock=clock), clock=clock)
        self.protocol = Protocol(self.http, tokens, sealer=self.sealer, clock=clock)
        self.flow_id = ids("flw")

    def asked_of(self, provider: str) -> dict[str, str]:
        """The parameters of the authorization URL."""
        url = self.protocol.authorization_url(
            client_of(provider), self.flow_id, state="the-state", redirect_uri=REDIRECT
        )
        assert url.startswith(f"{PROVIDERS[provider].authorization_endpoint}?")
        assert "+" not in url
        return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}

    def nonce(self) -> str:
        return self.asked_of("google")["nonce"]

    def identity(self, asking: Client, code: str = "the-code") -> ProviderIdentity:
        sealed = self.protocol.sealed_code(self.flow_id, code)
        assert code not in sealed
        return self.protocol.identity(
            asking, self.flow_id, sealed_code=sealed, redirect_uri=REDIRECT
        )

    def told(self, asking: Client, **claims: Any) -> ProviderIdentity:
        """Who somebody is after an ID token with these claims."""
        now = int(self.clock().timestamp())
        full = {
            "iss": asking.provider.issuers[0],
            "aud": asking.client_id,
            "sub": "subject-1",
            "nonce": self.nonce(),
            "iat": now,
            "exp": now + 60,
        } | claims
        self.http.publishes(asking, KEY)
        self.http.says(asking.provider.token_endpoint, {"id_token": signed(full)})
        return self.identity(asking)


@pytest.fixture
def asking(aws: None, clock: MovableClock, ids: CountedIds) -> Asking:
    client("secretsmanager").create_secret(Name="sealing-keys")
    return Asking(clock, ids)


class TestAuthorizationUrl:
    @pytest.mark.parametrize("provider", list(PROVIDERS))
    def test_carries_what_protects_the_flow(self, asking: Asking, provider: str) -> None:
        asked = asking.asked_of(provider)
        assert asked["response_type"] == "code"
        assert asked["redirect_uri"] == REDIRECT
        assert asked["state"] == "the-state"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert ("nonce" in asked) == ("openid" in asked["scope"])
        assert "client_secret" not in asked

    def test_apple_is_asked_for_a_form(self, asking: Asking) -> None:
        assert asking.asked_of("apple")["response_mode"] == "form_post"

    def test_each_flow_has_its_own(self, asking: Asking, ids: CountedIds) -> None:
        first = asking.asked_of("google")
        asking.flow_id = ids("flw")
        second = asking.asked_of("google")
        for name in ("code_challenge", "nonce"):
            assert first[name] != second[name]


class TestRedeeming:
    @pytest.mark.parametrize("provider", ["google", "facebook", "github"])
    def test_by_a_secret_in_the_form(self, asking: Asking, provider: str) -> None:
        with pytest.raises(ProviderUnavailable):
            asking.identity(client_of(provider))
        ((url, form, headers),) = asking.http.asked
        assert url == PROVIDERS[provider].token_endpoint
        assert form["client_secret"] == "our:secret/="
        assert form["code"] == "the-code"
        assert form["redirect_uri"] == REDIRECT
        assert s256(form["code_verifier"]) == asking.asked_of(provider)["code_challenge"]
        assert "Authorization" not in headers

    def test_by_http_basic_at_x(self, asking: Asking) -> None:
        with pytest.raises(ProviderUnavailable):
            asking.identity(X)
        ((_, form, headers),) = asking.http.asked
        pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        assert pair == "our-x:our%3Asecret%2F%3D"
        assert "client_secret" not in form

    def test_by_a_signed_secret_at_apple(self, asking: Asking) -> None:
        with pytest.raises(ProviderUnavailable):
            asking.identity(APPLE)
        ((_, form, _),) = asking.http.asked
        opened = jwt.decode(form["client_secret"], APPLE_KEY, algorithms=["ES256"])
        now = int(asking.clock().timestamp())
        assert opened.header == {"alg": "ES256", "kid": "KEY1234567", "typ": "JWT"}
        assert opened.claims == {
            "iss": "TEAM123456",
            "sub": "our-apple",
            "aud": "https://appleid.apple.com",
            "iat": now,
            "exp": now + 300,
        }

    @pytest.mark.parametrize(
        ("status", "error"),
        [(400, "invalid_grant"), (200, "bad_verification_code"), (400, "invalid_request")],
    )
    def test_a_code_that_is_refused(self, asking: Asking, status: int, error: str) -> None:
        asking.http.says(GITHUB.provider.token_endpoint, {"error": error}, status)
        with pytest.raises(ProviderSignInFailed) as refused:
            asking.identity(GITHUB)
        assert refused.value.status == 401

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (401, {"error": "invalid_client"}),
            (200, {"error": "incorrect_client_credentials"}),
            (500, {"error": "invalid_grant"}),
            (502, None),
            (429, {}),
            (302, None),
            (200, []),
            (200, {}),
            (200, {"access_token": 7}),
            (200, {"access_token": ""}),
            (200, {"access_token": "a\r\nX-Evil: 1"}),
            (200, {"access_token": "é"}),
            (200, {"access_token": "x" * 20_000}),
        ],
    )
    def test_an_answer_that_says_nothing_of_the_person(
        self, asking: Asking, status: int, body: Any
    ) -> None:
        asking.http.says(GITHUB.provider.token_endpoint, body, status)
        with pytest.raises(ProviderUnavailable) as refused:
            asking.identity(GITHUB)
        assert refused.value.retryable

    def test_no_answer(self, asking: Asking) -> None:
        asking.http.answers[GITHUB.provider.token_endpoint] = NoAnswer("away")
        with pytest.raises(ProviderUnavailable):
            asking.identity(GITHUB)

    def test_a_token_for_another_flow(self, asking: Asking) -> None:
        with pytest.raises(ProviderSignInFailed):
            asking.told(GOOGLE, nonce="n" * 43)


class TestOpenId:
    def test_a_confirmed_address(self, asking: Asking) -> None:
        told = asking.told(
            GOOGLE, email="Nora@Example.NET", email_verified=True, name=" Nora \u202eX\n"
        )
        assert told == ProviderIdentity(
            provider="google", subject="subject-1", email="nora@example.net", name="Nora X"
        )

    @pytest.mark.parametrize("confirmed", [False, None, "false", 1, "yes", [True]])
    def test_an_address_that_nobody_confirmed_is_not_kept(
        self, asking: Asking, confirmed: Any
    ) -> None:
        assert asking.told(GOOGLE, email="a@example.net", email_verified=confirmed).email is None

    def test_facebooks_word_does_not_count(self, asking: Asking) -> None:
        facebook = client_of("facebook")
        assert asking.told(facebook, email="a@example.net", email_verified=True).email is None

    def test_apple_writes_a_string(self, asking: Asking) -> None:
        told = asking.told(APPLE, email="a@privaterelay.example", email_verified="true")
        assert told.email == "a@privaterelay.example"

    @pytest.mark.parametrize("email", ["no address", "", 7, None, "a@b\r\nBcc: c@d.example"])
    def test_what_is_no_address(self, asking: Asking, email: Any) -> None:
        assert asking.told(GOOGLE, email=email, email_verified=True).email is None


def github(asking: Asking, user: Any, emails: Any, emails_status: int = 200) -> ProviderIdentity:
    asking.http.says(GITHUB.provider.token_endpoint, {"access_token": "the-token"})
    asking.http.says("https://api.github.com/user", user)
    url = "https://api.github.com/user/emails?per_page=100"
    asking.http.says(url, emails, emails_status)
    return asking.identity(GITHUB)


PERSON = {"id": 583231, "login": "nora-l", "name": "Nora", "email": "shown@example.net"}


class TestGitHub:
    def test_the_primary_address_if_it_is_confirmed(self, asking: Asking) -> None:
        listed = [
            {"email": "other@example.net", "primary": False, "verified": True},
            {"email": "nora@example.net", "primary": True, "verified": True},
        ]
        assert github(asking, PERSON, listed) == ProviderIdentity(
            provider="github",
            subject="583231",
            email="nora@example.net",
            name="Nora",
            username="nora-l",
        )
        assert {headers.get("Authorization") for _, _, headers in asking.http.asked[1:]} == {
            "Bearer the-token"
        }

    @pytest.mark.parametrize(
        "listed",
        [
            [{"email": "nora@example.net", "primary": True, "verified": False}],
            [{"email": "nora@example.net", "primary": False, "verified": True}],
            [{"email": "nora@example.net", "primary": True, "verified": "true"}],
            [{"email": 7, "primary": True, "verified": True}, "text", None],
            [],
            {},
        ],
    )
    def test_no_other_address(self, asking: Asking, listed: Any) -> None:
        assert github(asking, PERSON, listed).email is None

    def test_without_leave_to_see_addresses(self, asking: Asking) -> None:
        assert github(asking, PERSON, {"message": "Not Found"}, 404).email is None

    @pytest.mark.parametrize(
        "user", [{}, {"id": "583231"}, {"id": True}, {"id": 0}, {"id": -7}, [], None]
    )
    def test_nobody_without_a_number(self, asking: Asking, user: Any) -> None:
        with pytest.raises(ProviderUnavailable):
            github(asking, user, [])


def x(asking: Asking, body: Any) -> ProviderIdentity:
    asking.http.says(X.provider.token_endpoint, {"access_token": "the-token"})
    asking.http.says("https://api.x.com/2/users/me?user.fields=confirmed_email", body)
    return asking.identity(X)


class TestX:
    def test_tells_confirmed_addresses_alone(self, asking: Asking) -> None:
        person = {"id": "2244994945", "name": "Nora", "username": "nora_l"}
        assert x(asking, {"data": person}).email is None
        told = x(asking, {"data": person | {"confirmed_email": "nora@example.net"}})
        assert told == ProviderIdentity(
            provider="x",
            subject="2244994945",
            email="nora@example.net",
            name="Nora",
            username="nora_l",
        )

    @pytest.mark.parametrize(
        "body", [{}, [], {"data": []}, {"data": {"id": 7}}, {"data": {"id": "7#8"}}, None]
    )
    def test_nobody_without_an_id(self, asking: Asking, body: Any) -> None:
        with pytest.raises(ProviderUnavailable):
            x(asking, json.loads(json.dumps(body)))
