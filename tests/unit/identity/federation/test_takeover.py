"""An account is never taken over by an address that a provider tells."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.unit.identity.federation.conftest import Page, table
from tests.unit.identity.requests import bearer, code_of, register
from tests.unit.sign_in_providers import ALL


class TestTakeover:
    @pytest.fixture
    def victim(self, page: Page) -> dict[str, Any]:
        made = register(page.api, email="demo@example.com", handle="victim")
        assert made.status_code == 201
        user: dict[str, Any] = made.json()["user"]
        return user

    @pytest.mark.parametrize("provider", ["google", "x", "github", "apple"])
    def test_a_confirmed_address_links_nothing_by_itself(
        self, page: Page, victim: dict[str, Any], provider: str
    ) -> None:
        answer = page.sign_in(provider, "demo")
        assert (answer.status_code, code_of(answer)) == (409, "account_exists")
        assert table("IDENTITY#") == []

    @pytest.mark.parametrize("provider", ALL)
    def test_an_unconfirmed_address_is_no_address(
        self, page: Page, victim: dict[str, Any], provider: str
    ) -> None:
        needed = page.sign_in(provider, "demo-claimed")
        assert needed.status_code == 202
        assert needed.json()["email"] is None
        made = page.sign_up(needed, "somebody_else").json()["user"]
        assert made["id"] != victim["id"]
        assert made["email"] is None
        assert (
            page.api.get("/v1/me", headers=bearer(page.sign_in(provider, "demo-claimed"))).json()[
                "handle"
            ]
            == "somebody_else"
        )

    def test_an_address_that_gets_an_account_meanwhile(self, page: Page) -> None:
        needed = page.sign_in("google", "demo")
        assert needed.status_code == 202
        register(page.api, email="demo@example.com", handle="victim")
        assert code_of(page.sign_up(needed, "late")) == "account_exists"
        assert table("IDENTITY#") == []

    def test_a_password_cannot_be_guessed_that_was_never_set(self, page: Page) -> None:
        page.newcomer("google", "nora", "nora")
        for guess in ("", "None", secrets.token_urlsafe()):
            body = {"email": "nora.lindqvist@example.net", "password": guess or " "}
            answer = page.api.post("/v1/auth/login", json=body)
            assert code_of(answer) == "login_refused"
