"""Signing in through every provider against the deployed stacks: edge, roles, secret and all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.people import Device, code_of, nobody
from tests.functional.provider_page import PROVIDERS, Page, handle, somebody
from tests.unit.sign_in_providers import ALL


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
