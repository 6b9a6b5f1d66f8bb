"""Signing in and up through every provider, against the real local ones."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.unit.identity.federation.conftest import APP, Page, put_clients, table
from tests.unit.identity.requests import code_of
from tests.unit.sign_in_providers import ALL, ORIGIN, LocalProviders, visit


class TestOffering:
    def test_the_providers_that_have_a_client(self, page: Page, providers: LocalProviders) -> None:
        answer = page.api.get("/v1/auth/providers").json()
        assert [each["id"] for each in answer["items"]] == list(ALL)
        assert answer["items"][3] == {"id": "github", "name": "GitHub"}
        put_clients({"github": providers.told["github"]})
        answer = page.api.get("/v1/auth/providers").json()
        assert [each["id"] for each in answer["items"]] == ["github"]
        assert code_of(page.start("google")) == "provider_not_found"

    def test_nobody_without_a_client_or_an_origin(
        self, page: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SF_PUBLIC_ORIGIN", "")
        put_clients({})
        assert page.api.get("/v1/auth/providers").json() == {"items": []}
        assert page.start("google").status_code == 404

    def test_none_that_nobody_knows(self, page: Page) -> None:
        assert code_of(page.start("myspace")) == "provider_not_found"


class TestNewPeople:
    @pytest.mark.parametrize("provider", ALL)
    def test_choose_a_handle_and_are_signed_in(self, page: Page, provider: str) -> None:
        needed = page.sign_in(provider, "nora")
        assert needed.status_code == 202
        told = needed.json()
        assert told["provider"] == provider
        # Facebook does not say whether the address is confirmed.
        confirmed = None if provider == "facebook" else "nora.lindqvist@example.net"
        assert told["email"] == confirmed
        # Apple told the name to whoever was first in this process.
        if provider != "apple":
            assert told["suggested_name"] == "Nora Lindqvist"
        by_name = "nora_l" if provider in {"x", "github"} else "nora_lindqvist"
        assert told["suggested_handle"] == by_name

        made = page.sign_up(needed, "nora", display_name="Nora")
        assert made.status_code == 201
        tokens = made.json()
        assert tokens["user"]["handle"] == "nora"
        assert tokens["user"]["email"] == confirmed
        me = page.api.get(
            "/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        ).json()
        assert me["display_name"] == "Nora"

        again = page.sign_in(provider, "nora")
        assert again.status_code == 200
        assert again.json()["user"]["id"] == tokens["user"]["id"]
        sessions = [item for item in table("USER#") if item["kind"] == "session"]
        assert {item["method"] for item in sessions} == {provider}
        assert len(sessions) == 2

    def test_an_address_that_nobody_confirmed_is_kept_nowhere(self, page: Page) -> None:
        needed = page.sign_in("google", "liam")
        assert needed.json()["email"] is None
        page.sign_up(needed, "liam")
        assert "liam.okafor@example.net" not in repr(table())

    def test_may_try_another_handle(self, page: Page) -> None:
        page.newcomer("github", "nora", "nora")
        needed = page.sign_in("google", "mira")
        assert code_of(page.sign_up(needed, "nora")) == "handle_taken"
        assert code_of(page.sign_up(needed, "admin")) == "handle_reserved"
        assert page.sign_up(needed, "mira").status_code == 201

    def test_are_made_once(self, page: Page) -> None:
        needed = page.sign_in("github", "mira")
        assert page.sign_up(needed, "mira").status_code == 201
        assert code_of(page.sign_up(needed, "mira_two")) == "flow_invalid"
        assert page.sign_in("github", "mira").status_code == 200

    def test_two_windows_make_one_account(self, page: Page) -> None:
        first, second = (page.sign_in("github", "mira") for _ in range(2))
        assert page.sign_up(first, "mira").status_code == 201
        assert code_of(page.sign_up(second, "mira_two")) == "identity_taken"

    def test_the_flow_forgets_who_came(self, page: Page) -> None:
        page.newcomer("google", "nora", "nora")
        (flow,) = table("FLOW#")
        assert flow["stage"] == "over"
        assert not {"code", "subject", "email", "name", "username"} & set(flow)

    def test_two_providers_are_two_people_until_they_are_linked(self, page: Page) -> None:
        page.newcomer("github", "mira", "mira")
        assert page.sign_in("google", "mira").status_code == 202


class TestComingBack:
    def test_to_the_page(self, page: Page) -> None:
        where, told = page.come_back(visit(page.begin("github"), person="nora"))
        assert where == f"{ORIGIN}/signed-in"
        assert set(told) == {"flow", "provider"}

    def test_to_an_app(self, page: Page) -> None:
        returned = visit(page.begin("apple", return_to=APP), person="nora")
        where, told = page.come_back(returned)
        assert where == APP
        assert page.exchange(told["flow"]).status_code == 202

    @pytest.mark.parametrize("provider", ALL)
    def test_with_empty_hands(self, page: Page, provider: str) -> None:
        where, told = page.come_back(visit(page.begin(provider), person=None))
        assert where == f"{ORIGIN}/signed-in"
        assert told == {"error": "cancelled", "provider": provider}

    def test_once_more_leads_to_the_same_place(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        assert page.come_back(returned) == page.come_back(returned)

    @pytest.mark.parametrize("provider", ALL)
    def test_the_redirect_uri_is_each_providers_own(self, page: Page, provider: str) -> None:
        returned = visit(page.begin(provider), person="nora")
        assert returned.url == f"{ORIGIN}/v1/auth/providers/{provider}/callback"
        assert urlsplit(returned.url).query == ""

    def test_of_a_provider_that_was_switched_off_meanwhile(
        self, page: Page, providers: LocalProviders
    ) -> None:
        returned = visit(page.begin("github"), person="nora")
        put_clients({"google": providers.told["google"]})
        where, told = page.come_back(returned)
        assert (where, told["error"]) == (f"{ORIGIN}/signed-in", "provider_not_found")
