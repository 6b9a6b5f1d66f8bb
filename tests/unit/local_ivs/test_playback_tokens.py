"""Private channels: what a token must be, and what it opens."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from infra.local.ivs.playback_tokens import PlaybackTokens, TokenRefused, Viewing
from infra.local.ivs.records import PlaybackKey

ARN = "arn:aws:ivs:us-east-1:000000000000:channel/AbCdEf12GhIj"
OTHER = "arn:aws:ivs:us-east-1:000000000000:channel/ZZZZZZ12GhIj"
NOW = 1_800_000_000
PAGE = "https://watch.example.com"
GOOD = {"aws:channel-arn": ARN, "exp": NOW + 60}


def coded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def part(value: dict[str, Any]) -> str:
    return coded(json.dumps(value).encode())


def new_key(curve: str = "P-384") -> ECKey:
    return ECKey.generate_key(curve)


KEY = new_key()


def known_as(key: ECKey) -> PlaybackKey:
    return PlaybackKey(f"arn:of/{key.thumbprint()}", "k", key.as_pem(private=False).decode())


def token(key: Any = KEY, alg: str = "ES384", **claims: Any) -> str:
    whole = GOOD | {
        name.replace("__", ":").replace("_", "-"): value for name, value in claims.items()
    }
    return jwt.encode({"alg": alg, "typ": "JWT"}, whole, key, algorithms=[alg])


@pytest.fixture
def tokens() -> PlaybackTokens:
    return PlaybackTokens(lambda: [known_as(new_key()), known_as(KEY)], lambda: NOW)


def refused(tokens: PlaybackTokens, given: str | None, origin: str | None = None) -> str:
    with pytest.raises(TokenRefused) as error:
        tokens.check(given, ARN, origin)
    return str(error.value)


class TestRefused:
    def test_none_at_all(self, tokens: PlaybackTokens) -> None:
        assert refused(tokens, None) == refused(tokens, "") == "a token is needed"

    def test_what_is_no_token(self, tokens: PlaybackTokens) -> None:
        for given in ("x", "a.b.c", "." * 5, "é" * 20, "x" * 10_000):
            assert refused(tokens, given)

    def test_an_expired_one(self, tokens: PlaybackTokens) -> None:
        assert "expired" in refused(tokens, token(exp=NOW))

    def test_one_that_never_expires(self, tokens: PlaybackTokens) -> None:
        for value in (None, "soon", True, 1.5):
            assert "exp" in refused(tokens, token(exp=value))

    def test_one_for_another_channel(self, tokens: PlaybackTokens) -> None:
        assert "another channel" in refused(tokens, token(aws__channel_arn=OTHER))

    def test_one_signed_with_a_key_that_was_not_imported(self, tokens: PlaybackTokens) -> None:
        assert "no playback key" in refused(tokens, token(new_key()))

    def test_other_algorithms(self, tokens: PlaybackTokens) -> None:
        assert refused(tokens, token(new_key("P-256"), "ES256"))
        # The public key as the secret of an HMAC, which careless libraries take.
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(GOOD)}"
        forged = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
        assert refused(tokens, f"{signed}.{coded(forged)}")

    def test_an_unsigned_one(self, tokens: PlaybackTokens) -> None:
        for alg in ("none", "None", "NONE"):
            assert refused(tokens, f"{part({'alg': alg, 'typ': 'JWT'})}.{part(GOOD)}.")

    def test_changed_claims(self, tokens: PlaybackTokens) -> None:
        head, _, signature = token().split(".")
        _, claims, _ = token(exp=NOW + 999).split(".")
        assert refused(tokens, f"{head}.{claims}.{signature}")

    def test_a_foreign_page(self, tokens: PlaybackTokens) -> None:
        bound = token(aws__access_control_allow_origin=f"https://a.test, {PAGE}")
        assert "origin" in refused(tokens, bound, "https://evil.test")
        assert tokens.check(bound, ARN, PAGE)
        assert tokens.check(bound, ARN, None)

    def test_no_origin_where_it_is_enforced(self, tokens: PlaybackTokens) -> None:
        strict = token(
            aws__access_control_allow_origin="https://*.example.com",
            aws__strict_origin_enforcement=True,
        )
        assert "origin" in refused(tokens, strict, None)
        assert tokens.check(strict, ARN, PAGE).strict

    def test_a_single_use_token_twice(self, tokens: PlaybackTokens) -> None:
        once = token(aws__single_use_uuid="1e760ed4-29c0-4ee3-987d-a5dc60734b58")
        tokens.check(once, ARN, None)
        assert "used" in refused(tokens, once)

    def test_short_lived_kinds_that_live_too_long(self, tokens: PlaybackTokens) -> None:
        assert "ten minutes" in refused(tokens, token(aws__viewer_id="v", exp=NOW + 700))
        assert tokens.check(token(aws__viewer_id="v", exp=NOW + 500), ARN, None)


def test_a_good_token_opens_the_channel(tokens: PlaybackTokens) -> None:
    assert tokens.check(token(), ARN, "https://any.test") == Viewing()
    assert tokens.check(token(aws__maximum_resolution="SD"), ARN, None).resolution == "SD"
    assert tokens.check(token(aws__access_control_allow_origin="*"), ARN, PAGE) == Viewing()


def test_a_deleted_key_opens_nothing_more() -> None:
    keys = [known_as(KEY)]
    tokens = PlaybackTokens(lambda: keys, lambda: NOW)
    tokens.check(token(), ARN, None)
    keys.clear()
    assert refused(tokens, token())
