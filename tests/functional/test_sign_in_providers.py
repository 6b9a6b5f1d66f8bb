"""Signing in through every provider against the deployed stacks: edge, roles, secret and all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from socialflow.identity.federation.models import s256
from tests.functional.people import Device, code_of, nobody
from tests.unit.sign_in_providers import ALL, Returned, visit

PROVIDERS = "/v1/auth/providers"


@dataclass
class Page:
    """A page in somebody's browser."""

    device: Device
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def flow(self, provider: str, person: str, intent: str = "sign_in") -> str:
        body = {"challenge": s256(self.verifier), "intent": intent}
        started = self.device.post(f"{PROVIDERS}/{provider}/start", json=body)
        assert started.status_code == 200, started.text
        landed = self.come_back(visit(started.json()["authorization_url"], person=person))
        address, _, fragment = landed.headers["location"].partition("#")
        assert address == f"{self.device.origin}/signed-in"
        told = parse_qs(fragment)
        assert "flow" in told, fragment
        return told["flow"][0]

    def come_back(self, returned: Returned) -> httpx.Response:
        """The browser's own request, which no script sends: nobody's token is with it."""
        stranger = nobody(self.device.origin)
        path = urlsplit(returned.url).path
        assert returned.url == self.device.origin + path
        if returned.method == "GET":
            answer = stranger.get(f"{path}?{urlencode(returned.fields)}")
        else:
            # A form of the provider's page: another site's origin.
            headers = {"origin": "https://appleid.apple.com", "sec-fetch-site": "cross-site"}
            answer = stranger.post(path, data=dict(returned.fields), headers=headers)
        assert answer.status_code == 303, answer.text
        return answer

    def exchange(self, flow: str) -> httpx.Response:
        body = {"flow": flow, "verifier": self.verifier}
        return self.device.post(f"{PROVIDERS}/exchange", json=body)


def somebody() -> str:
    return f"made-up:{secrets.token_hex(6)}"


def handle() -> str:
    return f"p_{secrets.token_hex(6)}"


def test_all_are_offered(origin: str) -> None:
    offered = nobody(origin).get(PROVIDERS).json()["items"]
    assert [each["id"] for each in offered] == list(ALL)


@pytest.mark.parametrize("provider", ALL)
def test_signing_up_and_in_again(origin: str, provider: str) -> None:
    page, person = Page(nobody(origin)), somebody()
    needed = page.exchange(page.flow(provider, person))
    assert needed.status_code == 202, needed.text
    token = needed.json()["signup_token"]
    body: dict[str, Any] = {"signup_token": token, "handle": handle(), "display_name": "Somebody"}
    made = page.device.post(f"{PROVIDERS}/sign-up", json=body)
    assert made.status_code == 201, made.text

    again = page.exchange(page.flow(provider, person))
    assert again.status_code == 200, again.text
    assert again.json()["user"]["id"] == made.json()["user"]["id"]
    page.device.use_tokens(again.json())
    linked = page.device.get("/v1/me/providers").json()["items"]
    assert [each["id"] for each in linked] == [provider]
    refused = page.device.delete(f"/v1/me/providers/{provider}")
    assert code_of(refused) == "last_sign_in_method"


def test_linking_to_an_account_and_unlinking(ann: Device) -> None:
    page, person = Page(ann), somebody()
    assert page.exchange(page.flow("apple", person, intent="link")).json() == {"linked": "apple"}
    newcomer = Page(nobody(ann.origin))
    signed_in = newcomer.exchange(newcomer.flow("apple", person))
    assert signed_in.json()["user"]["handle"] == ann.handle
    assert ann.delete("/v1/me/providers/apple").status_code == 204
    assert newcomer.exchange(newcomer.flow("apple", person)).status_code == 202


def test_a_flow_belongs_to_the_page_that_began(origin: str) -> None:
    page, thief = Page(nobody(origin)), Page(nobody(origin))
    assert code_of(thief.exchange(page.flow("github", somebody()))) == "flow_invalid"
