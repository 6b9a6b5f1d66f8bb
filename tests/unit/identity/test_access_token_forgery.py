"""Forged access tokens: other algorithms, other keys, no token at all."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from socialflow.identity.errors import AccessTokenInvalid
from tests.unit.identity.forging import encoded, refused, signed
from tests.unit.identity.world import World


class TestNotTokens:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            ".",
            "..",
            "a.b.c",
            "e30.e30.e30",
            "bnVsbA.e30.e30",
            "W10.e30.",
            "é.é.é",
            "x" * 5_000_000,
            encoded({"alg": "ES256"}) * 100,
            base64.urlsafe_b64encode(b"[" * 1400).decode() + ".e30.e30",
        ],
    )
    def test_are_refused_without_a_read(self, world: World, text: str) -> None:
        refused(world, text)
        assert world.calls.names == []


class TestAlgorithmAttacks:
    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
    def test_no_signature(
        self, world: World, header: dict[str, Any], claims: dict[str, Any], algorithm: str
    ) -> None:
        unsigned = f"{encoded(header | {'alg': algorithm})}.{encoded(claims)}."
        assert type(refused(world, unsigned)) is AccessTokenInvalid

    @pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
    def test_public_key_used_as_a_shared_secret(
        self,
        world: World,
        header: dict[str, Any],
        claims: dict[str, Any],
        our_key: ECKey,
        algorithm: str,
    ) -> None:
        signing_input = f"{encoded(header | {'alg': algorithm})}.{encoded(claims)}"
        published = world.published.read()[0].jwk
        for secret in (
            our_key.as_pem(private=False),
            our_key.as_der(private=False),
            json.dumps(published).encode(),
            published["x"].encode(),
        ):
            digest = hmac.digest(secret, signing_input.encode(), f"sha{algorithm[2:]}")
            signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            refused(world, f"{signing_input}.{signature}")

    def test_another_curve_under_our_key_id(
        self, world: World, header: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        forged = signed(header, claims, ECKey.generate_key("P-384"), "ES384")
        refused(world, forged)


class TestOtherSpellings:
    def test_of_one_token_are_refused(self, world: World, token: str) -> None:
        """A deny list or a cache by token must not be evaded by writing the same token anew."""
        header, claims, signature = token.split(".")
        # The last character of 86 carries two bits that a lenient decoder ignores.
        last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        place = last.index(signature[-1])
        for other in (
            f"{header}.{claims}.{signature}=",
            f"{header}.{claims}.{signature}==",
            f"{header}.{claims}.{signature}\n",
            f"{header}.{claims}.{signature[:-1]}{last[place ^ 1]}",
            f"{header}=.{claims}.{signature}",
            f"{header}.{claims[:4]} {claims[4:]}.{signature}",
            f"{header}.{claims}.{signature}.",
            f".{token}",
            token.replace("-", "+").replace("_", "/") + "/",
        ):
            refused(world, other)
        assert world.access.verify(token).handle == "ann"

    def test_parts_of_two_tokens_make_no_third(self, world: World, token: str) -> None:
        world.clock.move(minutes=1)
        principal = world.access.verify(token)
        user = world.repository.user(principal.user_id)
        assert user
        later = world.issuer.issue(user, principal.session_id)
        header, claims, signature = token.split(".")
        _, other_claims, other_signature = later.split(".")
        refused(world, f"{header}.{other_claims}.{signature}")
        refused(world, f"{header}.{claims}.{other_signature}")


class TestKeyAttacks:
    def test_somebody_elses_key_under_our_key_id(
        self, world: World, header: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        refused(world, signed(header, claims, ECKey.generate_key("P-256"), "ES256"))

    @pytest.mark.parametrize(
        "kid", ["", "../../dev/null", "PUBLIC_KEYS", "x" * 200, 7, None, ["a"]]
    )
    def test_forged_key_ids(
        self, world: World, header: dict[str, Any], claims: dict[str, Any], kid: object
    ) -> None:
        refused(world, f"{encoded(header | {'kid': kid})}.{encoded(claims)}.{'A' * 86}")

    def test_a_key_that_the_token_brings_along(
        self, world: World, header: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        own = ECKey.generate_key("P-256", auto_kid=True)
        for extra in (
            {"jwk": own.as_dict(private=False)},
            {"jku": "https://attacker.example/jwks.json"},
            {"x5u": "https://attacker.example/chain.pem"},
            {"x5c": ["MIIB"]},
            {"crit": ["exp"], "exp": 1},
            {"b64": False, "crit": ["b64"]},
        ):
            for kid in (header["kid"], own.kid):
                head = encoded(header | {"kid": kid} | extra)
                genuine = signed({**header, "kid": kid}, claims, own, "ES256")
                refused(world, ".".join([head, *genuine.split(".")[1:]]))

    def test_a_genuine_signature_does_not_excuse_other_header_members(
        self, world: World, header: dict[str, Any], claims: dict[str, Any], our_key: ECKey
    ) -> None:
        refused(world, signed(header | {"cty": "x"}, claims, our_key, "ES256"))
        bare = {name: value for name, value in header.items() if name != "kid"}
        refused(world, signed(bare, claims, our_key, "ES256"))

    def test_unknown_key_ids_cost_a_read_in_thirty_seconds(
        self, world: World, token: str, header: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        world.access.verify(token)
        forged = f"{encoded(header | {'kid': 'k'})}.{encoded(claims)}.{'A' * 86}"
        world.calls.names.clear()
        for _ in range(100):
            refused(world, forged)
        assert world.calls.names == []
        world.clock.move(seconds=30)
        for _ in range(100):
            refused(world, forged)
        assert world.calls.names == ["get_item"]
