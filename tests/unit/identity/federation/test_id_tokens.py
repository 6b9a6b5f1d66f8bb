"""What an OpenID provider says of a person is believed only when every part of it is right."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import OctKey

from socialflow.identity.federation.http import NoAnswer
from socialflow.identity.federation.id_tokens import IdTokenInvalid, IdTokens, PublishedKeys
from tests.unit.doubles import MovableClock
from tests.unit.identity.federation.pretending import (
    EC_KEY,
    KEY,
    OTHER_KEY,
    Pretending,
    client_of,
    signed,
)

GOOGLE = client_of("google")
NONCE = "n" * 43


@pytest.fixture
def http() -> Pretending:
    http = Pretending()
    http.publishes(GOOGLE, KEY, EC_KEY)
    return http


@pytest.fixture
def tokens(http: Pretending, clock: MovableClock) -> IdTokens:
    return IdTokens(PublishedKeys(http, clock=clock), clock=clock)


@pytest.fixture
def claims(clock: MovableClock) -> dict[str, Any]:
    now = int(clock().timestamp())
    return {
        "iss": "https://accounts.google.com",
        "aud": "our-google",
        "sub": "1234567890",
        "nonce": NONCE,
        "iat": now,
        "exp": now + 3600,
    }


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def part(value: Any) -> str:
    return encoded(json.dumps(value).encode())


def refused(tokens: IdTokens, token: object) -> str:
    with pytest.raises(IdTokenInvalid) as caught:
        tokens.verify(token, client=GOOGLE, nonce=NONCE)
    return str(caught.value)


class TestClaims:
    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"iss": "https://accounts.google.com.evil.example"}, "issuer"),
            ({"iss": "https://appleid.apple.com"}, "issuer"),
            ({"iss": None}, "issuer"),
            ({"aud": "their-google"}, "audience"),
            ({"aud": ["our-google", "their-google"]}, "audience"),
            ({"aud": ["their-google"], "azp": "our-google"}, "audience"),
            ({"aud": None}, "audience"),
            ({"azp": "their-google"}, "authorized party"),
            ({"aud": ["our-google", "their-google"], "azp": "their-google"}, "authorized party"),
            ({"nonce": "m" * 43}, "nonce"),
            ({"nonce": None}, "nonce"),
            ({"nonce": ""}, "nonce"),
            ({"nonce": [NONCE]}, "nonce"),
            ({"sub": ""}, "subject"),
            ({"sub": "s" * 256}, "subject"),
            ({"sub": 1234567890}, "subject"),
            ({"exp": None}, "times missing"),
            ({"exp": "4102444800"}, "times missing"),
            ({"exp": True}, "times missing"),
            ({"iat": None}, "times missing"),
        ],
    )
    def test_each_has_to_be_right(
        self, tokens: IdTokens, claims: dict[str, Any], changes: dict[str, Any], why: str
    ) -> None:
        told = {name: value for name, value in (claims | changes).items() if value is not None}
        assert refused(tokens, signed(told)) == why

    def test_not_when_its_time_is_over(
        self, tokens: IdTokens, claims: dict[str, Any], clock: MovableClock
    ) -> None:
        now = int(clock().timestamp())
        assert refused(tokens, signed(claims | {"exp": now - 61})) == "expired"
        assert tokens.verify(signed(claims | {"exp": now - 59}), client=GOOGLE, nonce=NONCE)

    @pytest.mark.parametrize("off_by_seconds", [61, -901])
    def test_not_when_it_was_made_at_another_time(
        self, tokens: IdTokens, claims: dict[str, Any], off_by_seconds: int
    ) -> None:
        told = claims | {"iat": claims["iat"] + off_by_seconds}
        assert refused(tokens, signed(told)) == "issued at another time"

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"iss": "accounts.google.com"},
            {"aud": ["our-google"]},
            {"aud": ["our-google", "their-google"], "azp": "our-google"},
        ],
    )
    def test_what_is_right_is_told(
        self, tokens: IdTokens, claims: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        told = tokens.verify(signed(claims | changes), client=GOOGLE, nonce=NONCE)
        assert told["sub"] == "1234567890"


class TestSignatures:
    def test_none_is_no_signature(self, tokens: IdTokens, claims: dict[str, Any]) -> None:
        bare = f"{part({'alg': 'none', 'kid': 'key-1'})}.{part(claims)}."
        assert refused(tokens, bare) == "algorithm"

    def test_the_public_key_is_no_secret(self, tokens: IdTokens, claims: dict[str, Any]) -> None:
        head = part({"alg": "HS256", "kid": "key-1"})
        mac = hmac.digest(KEY.as_pem(private=False), f"{head}.{part(claims)}".encode(), "sha256")
        confused = f"{head}.{part(claims)}.{encoded(mac)}"
        assert refused(tokens, confused) == "algorithm"

    def test_another_algorithm_than_the_providers_is_refused(
        self, tokens: IdTokens, claims: dict[str, Any]
    ) -> None:
        assert refused(tokens, signed(claims, key=EC_KEY)) == "algorithm"

    def test_a_published_secret_is_not_even_read(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any]
    ) -> None:
        http.publishes(GOOGLE, OctKey.generate_key(256, {"kid": "key-1"}, private=True))
        assert refused(tokens, signed(claims)) == "key"

    def test_another_key_under_a_known_id_is_refused(
        self, tokens: IdTokens, claims: dict[str, Any]
    ) -> None:
        assert refused(tokens, signed(claims, key=OTHER_KEY, header={"kid": "key-1"})) == (
            "signature"
        )

    @pytest.mark.parametrize(
        "header",
        [
            {"jwk": KEY.as_dict(private=False)},
            {"jku": "https://evil.example/keys"},
            {"x5u": "https://evil.example/keys"},
        ],
    )
    def test_a_key_in_the_header_is_nobodys(
        self, tokens: IdTokens, claims: dict[str, Any], header: dict[str, Any]
    ) -> None:
        told = header | ({"jwk": OTHER_KEY.as_dict(private=False)} if "jwk" in header else {})
        assert refused(tokens, signed(claims, key=OTHER_KEY, header=told)) == "key"

    @pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": True}, {"kid": 7}])
    def test_headers_that_nobody_sends(
        self, tokens: IdTokens, claims: dict[str, Any], header: dict[str, Any]
    ) -> None:
        body = signed(claims).split(".")
        body[0] = part({"alg": "RS256", "kid": "key-1", **header})
        assert refused(tokens, ".".join(body)) == "header"

    @pytest.mark.parametrize(
        "token", [None, "", "a.b.c", "é.é.é", "x" * 20_000, 7, ".", "bnVsbA.e30.", "W10.e30.x"]
    )
    def test_what_is_no_token(self, tokens: IdTokens, token: object) -> None:
        assert refused(tokens, token) in {"missing", "header"}

    def test_changed_claims_are_noticed(self, tokens: IdTokens, claims: dict[str, Any]) -> None:
        head, _, signature = signed(claims).split(".")
        body = part(claims | {"sub": "somebody else"})
        assert refused(tokens, f"{head}.{body}.{signature}") == "signature"


class TestKeys:
    def test_are_asked_for_once_an_hour(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any], clock: MovableClock
    ) -> None:
        for _ in range(3):
            tokens.verify(signed(claims), client=GOOGLE, nonce=NONCE)
        assert len(http.asked) == 1
        clock.move(minutes=60)
        now = int(clock().timestamp())
        later = claims | {"iat": now, "exp": now + 60}
        tokens.verify(signed(later), client=GOOGLE, nonce=NONCE)
        assert len(http.asked) == 2

    def test_a_rotation_is_seen_at_once(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any], clock: MovableClock
    ) -> None:
        tokens.verify(signed(claims), client=GOOGLE, nonce=NONCE)
        http.publishes(GOOGLE, OTHER_KEY)
        clock.move(seconds=30)
        tokens.verify(signed(claims, key=OTHER_KEY), client=GOOGLE, nonce=NONCE)

    def test_invented_ids_make_nobody_ask_more_often(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any], clock: MovableClock
    ) -> None:
        for number in range(20):
            refused(tokens, signed(claims, header={"kid": f"invented-{number}"}))
            clock.move(seconds=2)
        assert len(http.asked) == 2

    @pytest.mark.parametrize("body", [None, [], {}, {"keys": "none"}, {"keys": [7, {}, None]}])
    def test_what_is_no_set_of_keys_has_none(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any], body: Any
    ) -> None:
        http.says(GOOGLE.provider.jwks_uri, body)
        with pytest.raises((IdTokenInvalid, NoAnswer)):
            tokens.verify(signed(claims), client=GOOGLE, nonce=NONCE)

    def test_a_provider_that_is_away(
        self, tokens: IdTokens, http: Pretending, claims: dict[str, Any]
    ) -> None:
        http.says(GOOGLE.provider.jwks_uri, {}, status=503)
        with pytest.raises(NoAnswer):
            tokens.verify(signed(claims), client=GOOGLE, nonce=NONCE)
