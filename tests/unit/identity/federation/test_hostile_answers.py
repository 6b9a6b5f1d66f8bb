"""Whatever comes to the start of a sign-in and to its callback: nothing of it is believed."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.unit.identity.federation.conftest import APP, Page, landing, table
from tests.unit.identity.requests import code_of
from tests.unit.sign_in_providers import ORIGIN, visit


class TestOpenRedirect:
    @pytest.mark.parametrize(
        "return_to",
        [
            "https://evil.example/",
            "//evil.example",
            "/evil",
            "WEB",
            "javascript:alert(1)",
            f"{APP}/more",
            f"{APP}?more=1",
            f"{APP}#",
            f"{APP},com.example.other:/signed-in",
            APP.upper(),
            f" {APP}",
            f"{ORIGIN}.evil.example/signed-in",
        ],
    )
    def test_only_to_what_is_registered_word_for_word(self, page: Page, return_to: str) -> None:
        answer = page.start("github", return_to=return_to)
        assert (answer.status_code, code_of(answer)) == (422, "return_to_unknown")
        assert table("FLOW#") == []

    def test_the_answer_does_not_choose_where_it_leads(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        evil = returned.changed(return_to="https://evil.example", redirect_uri="//evil")
        where, _ = page.come_back(evil)
        assert where == f"{ORIGIN}/signed-in"


class TestHostileAnswers:
    @pytest.mark.parametrize(
        "fields",
        [
            {"error": "<script>alert(1)</script>"},
            {"error": "server_error\r\nSet-Cookie: a=b"},
            {"code": ""},
            {"code": "c" * 5000},
        ],
    )
    def test_are_told_in_our_own_words(self, page: Page, fields: dict[str, str]) -> None:
        returned = visit(page.begin("github"), person="nora")
        where, told = page.come_back(returned.changed(**fields))
        assert where == f"{ORIGIN}/signed-in"
        assert told == {"error": "provider_sign_in_failed", "provider": "github"}

    def test_a_field_that_comes_twice(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        query = f"{urlencode(returned.fields)}&code=another"
        answer = page.api.get(f"/v1/auth/providers/github/callback?{query}")
        assert landing(answer)[1] == {"error": "flow_invalid"}

    @pytest.mark.parametrize(
        "body", [b"", b"\xff\xfe=\x00", b"&".join([b"a=1"] * 30), b"state=" + b"s" * 50_000]
    )
    def test_a_form_that_no_provider_sends(self, page: Page, body: bytes) -> None:
        answer = page.api.post("/v1/auth/providers/apple/callback", content=body)
        assert landing(answer) == (f"{ORIGIN}/signed-in", {"error": "flow_invalid"})

    @pytest.mark.parametrize(
        "user", ["{", "[]", "null", '{"name": 7}', "[" * 3000, "x" * 5000, '{"name": {"a": 1}}']
    )
    def test_a_name_that_no_apple_sends(self, page: Page, user: str) -> None:
        returned = visit(page.begin("apple"), person="nora")
        _, told = page.come_back(returned.changed(user=user))
        needed = page.exchange(told["flow"])
        assert needed.json()["suggested_name"] == ""

    def test_the_browsers_word_on_an_address_does_not_count(self, page: Page) -> None:
        """Apple's `user` field passes through the browser; its address may be anybody's."""
        returned = visit(page.begin("apple"), person="liam")
        user = '{"name": {"firstName": "L"}, "email": "demo@example.com"}'
        _, told = page.come_back(returned.changed(user=user))
        assert page.exchange(told["flow"]).json()["email"] is None
