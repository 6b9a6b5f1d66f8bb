"""Signing in and up through providers, linking and unlinking them, and what they get back.

The providers are as strict as real ones: a code is good once. So whoever dies after it was redeemed
has lost it, and the person begins again; what counts is that no session, account or link is doubled
or half made. Flows themselves expire and are not compared.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from socialflow.identity.federation.http import Answered, ProviderHttp
from socialflow.identity.federation.models import s256
from socialflow.identity.federation.providers import PROVIDERS
from socialflow.platform.clock import utc_now
from tests.crash_points.asgi import Answer
from tests.crash_points.harness import Scenario
from tests.crash_points.plan import Person
from tests.crash_points.world import World

CLIENTS: Final = "oauth-clients"
VERIFIER: Final = "v" * 43
ROUTES: Final = "/v1/auth/providers"
MAX_TRIES: Final = 3


@dataclass
class Providers:
    """GitHub and Apple, with Nora's accounts there. `tokens` are Apple's that are still good."""

    world: World
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def consent(self, url: str) -> dict[str, str]:
        """Nora agrees: what her browser brings back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def ask(self, method: str, url: str, body: str | None, _: Mapping[str, str]) -> Answered:
        """One call of the process under test, at which it may die as at any other."""
        asked_for = "Revoke" if url == PROVIDERS["apple"].revocation_endpoint else "Redeem"
        operation = f"provider:{asked_for}" if method == "POST" else "provider:Get"
        answered: Answered = self.world.calls.count(operation, lambda: self._answer(url, body))
        return answered

    def _answer(self, url: str, body: str | None) -> Answered:
        if url in (PROVIDERS["github"].token_endpoint, PROVIDERS["apple"].token_endpoint):
            return self._redeem(dict(parse_qsl(body or "")))
        if url == PROVIDERS["apple"].revocation_endpoint:
            return self._revoke(dict(parse_qsl(body or "")))
        answers: dict[str, Any] = {
            "https://api.github.com/user": {"id": 583231, "login": "nora", "name": "Nora"},
            "https://api.github.com/user/emails?per_page=100": [],
            PROVIDERS["apple"].jwks_uri: {"keys": [_key().as_dict(private=False)]},
        }
        return Answered(200, answers[url])

    def _redeem(self, form: Mapping[str, str]) -> Answered:
        asked = self.codes.pop(form["code"], None)
        if asked is None or s256(form["code_verifier"]) != asked["code_challenge"]:
            return Answered(400, {"error": "invalid_grant"})
        now = int(utc_now().timestamp())
        claims = {
            "iss": "https://appleid.apple.com",
            "aud": asked["client_id"],
            "sub": "nora-at-apple",
            "nonce": asked.get("nonce", ""),
            "email": "nora@example.net",
            "email_verified": "true",
            "iat": now,
            "exp": now + 60,
        }
        header = {"alg": "RS256", "kid": _key().kid}
        id_token = jwt.encode(header, claims, _key())
        tokens = {"access_token": "token", "id_token": id_token}
        if "nonce" in asked:
            tokens["refresh_token"] = f"refresh-{form['code']}"
            self.tokens.add(tokens["refresh_token"])
        return Answered(200, tokens)

    def _revoke(self, form: Mapping[str, str]) -> Answered:
        """With one token all go that a person has given us; 200 for one that is gone, too."""
        if form["token"] in self.tokens:
            self.tokens.clear()
        return Answered(200, None)


@contextmanager
def providers(world: World) -> Iterator[Providers]:
    """The providers, and a stage in which they are switched on."""
    fake = Providers(world)
    world.cloud.secrets.create_secret(Name=CLIENTS, SecretString=json.dumps(_clients()))
    with (
        patch.dict(os.environ, {"SF_OAUTH_CLIENTS_SECRET": CLIENTS}),
        patch.object(ProviderHttp, "_ask", lambda _, *asked: fake.ask(*asked)),
    ):
        yield fake


def finished(
    world: World,
    fake: Providers,
    provider: str,
    *,
    expect: int = 200,
    by: Person | None = None,
) -> Answer:
    """The whole way; a person who is told that it is over begins again."""
    body = {"challenge": s256(VERIFIER), "intent": "link" if by else "sign_in"}
    for _ in range(MAX_TRIES):
        started = world.request("POST", f"{ROUTES}/{provider}/start", body, by=by)
        back = fake.consent(started.body["authorization_url"])
        landed = _come_back(world, provider, back)
        exchange = {"flow": _fragment(landed)["flow"], "verifier": VERIFIER}
        answer = world.request(
            "POST", f"{ROUTES}/exchange", exchange, by=by, expect=expect, again=401
        )
        if answer.status == expect:
            return answer
    raise AssertionError("nobody gets in, however often they begin")


def _come_back(world: World, provider: str, back: Mapping[str, str]) -> Answer:
    callback = f"{ROUTES}/{provider}/callback"
    if provider != "apple":
        return world.request("GET", f"{callback}?{urlencode(back)}", expect=303)
    form = {"content-type": "application/x-www-form-urlencoded"}
    return world.request("POST", callback, urlencode(back).encode(), headers=form, expect=303)


def _fragment(answer: Answer) -> dict[str, str]:
    return dict(parse_qsl(answer.headers["location"].partition("#")[2]))


def signed_up(world: World, fake: Providers, provider: str, handle: str) -> None:
    needed = finished(world, fake, provider, expect=202).body
    body = {"signup_token": needed["signup_token"], "handle": handle, "display_name": "Nora"}
    headers = {"idempotency-key": "sign-up-1"}
    world.request("POST", f"{ROUTES}/sign-up", body, headers=headers, expect=201)
    world.settle()


def signed_up_and_in_through_github(world: World) -> None:
    world.cloud.put_signing_keys()
    with providers(world) as fake:
        signed_up(world, fake, "github", "nora")
        finished(world, fake, "github")
        world.settle()


def signed_up_through_apples_form(world: World) -> None:
    world.cloud.put_signing_keys()
    with providers(world) as fake:
        signed_up(world, fake, "apple", "nora")


def linked_and_unlinked(world: World) -> None:
    ann = world.owner()
    with providers(world) as fake:
        for provider in ("github", "apple"):
            finished(world, fake, provider, by=ann)
            world.settle()
        world.look("/v1/me/providers", by=ann)
        world.request("DELETE", "/v1/me/providers/github", by=ann, expect=204, again=404)
        world.settle()
        assert [each["id"] for each in world.look("/v1/me/providers", by=ann)["items"]] == ["apple"]


def unlinked_from_apple(world: World) -> None:
    ann = world.owner()
    with providers(world) as fake:
        finished(world, fake, "apple", by=ann)
        finished(world, fake, "apple")
        world.request("DELETE", "/v1/me/providers/apple", by=ann, expect=204, again=404)
        world.settle()
        assert fake.tokens == set()


def erased_with_a_link_to_apple(world: World) -> None:
    """Only identity hears of it: what it sets aside is given back, whoever else is behind."""
    world.around.contexts = frozenset({"identity"})
    ann = world.owner()
    with providers(world) as fake:
        finished(world, fake, "apple", by=ann)
        world.request("POST", "/v1/me/deletion", by=ann, expect=202, again=401)
        world.months_later()
        assert fake.tokens
        world.wake("identity.every_1_hour_settle_rights")
        assert fake.tokens == set()


def _clients() -> dict[str, Any]:
    key = _apple_key().as_pem(private=True).decode()
    return {
        "github": {"client_id": "ours", "client_secret": "secret"},
        "apple": {"client_id": "ours", "team_id": "TEAM", "key_id": "KEY", "private_key": key},
    }


@functools.cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "apple-1", "use": "sig"}, private=True)


@functools.cache
def _apple_key() -> ECKey:
    return ECKey.generate_key("P-256", private=True)


IDENTITY_PROVIDERS: Final[tuple[Scenario, ...]] = (
    signed_up_and_in_through_github,
    signed_up_through_apples_form,
    linked_and_unlinked,
    unlinked_from_apple,
    erased_with_a_link_to_apple,
)
