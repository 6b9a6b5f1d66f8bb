"""Linking providers to an account and unlinking them, second factors, repeated sign-ups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from httpx import Response

from socialflow.identity import wiring
from socialflow.identity.repository import IdentityRepository
from tests.unit.identity.federation.conftest import Page, table
from tests.unit.identity.requests import bearer, code_of, register
from tests.unit.sign_in_providers import visit


@pytest.fixture
def ann(page: Page) -> Page:
    """Somebody with a password."""
    page.token = register(page.api).json()["access_token"]
    return page


def linked(page: Page) -> list[str]:
    answer = page.api.get("/v1/me/providers", headers=page.bearer)
    return [each["id"] for each in answer.json()["items"]]


def unlink(page: Page, provider: str) -> Response:
    return page.api.request("DELETE", f"/v1/me/providers/{provider}", headers=page.bearer)


class TestLinking:
    def test_needs_somebody_signed_in(self, page: Page) -> None:
        assert code_of(page.start("github", intent="link")) == "token_missing"

    def test_needs_somebody_who_proved_it_lately(self, ann: Page) -> None:
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
            answer = ann.start("github", intent="link")
        assert (answer.status_code, code_of(answer)) == (403, "step_up_required")

    def test_is_finished_by_the_one_who_began(self, ann: Page) -> None:
        flow = ann.flow("github", "nora", intent="link")
        ann_token = ann.token
        ann.token = ""
        assert code_of(ann.exchange(flow)) == "token_missing"
        ann.token = register(ann.api, email="ben@example.com", handle="ben").json()["access_token"]
        assert code_of(ann.exchange(flow)) == "flow_invalid"
        assert table("IDENTITY#") == []
        ann.token = ann_token
        assert ann.exchange(flow).json() == {"linked": "github"}

    def test_signs_its_owner_in_from_then_on(self, ann: Page) -> None:
        answer = ann.sign_in("github", "nora", intent="link")
        assert (answer.status_code, answer.json()) == (200, {"linked": "github"})
        assert linked(ann) == ["github"]
        (shown,) = ann.api.get("/v1/me/providers", headers=ann.bearer).json()["items"]
        assert (shown["name"], shown["label"]) == ("GitHub", "nora.lindqvist@example.net")
        mine = ann.api.get("/v1/me", headers=ann.bearer).json()["id"]
        assert ann.sign_in("github", "nora").json()["user"]["id"] == mine

    def test_changes_neither_address_nor_name(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        me = ann.api.get("/v1/me", headers=ann.bearer).json()
        assert (me["email"], me["display_name"]) == ("ann@example.com", "Ann Example")

    def test_also_where_the_address_is_the_accounts_own(self, page: Page) -> None:
        made = register(page.api, email="demo@example.com", handle="demo_owner")
        page.token = made.json()["access_token"]
        assert page.sign_in("google", "demo", intent="link").status_code == 200
        assert page.sign_in("google", "demo").json()["user"]["handle"] == "demo_owner"

    def test_again_is_fine(self, ann: Page) -> None:
        for _ in range(2):
            assert ann.sign_in("github", "nora", intent="link").status_code == 200
        assert linked(ann) == ["github"]

    def test_not_what_is_somebody_elses(self, ann: Page) -> None:
        other = Page(ann.api)
        other.newcomer("github", "nora", "nora")
        answer = ann.sign_in("github", "nora", intent="link")
        assert (answer.status_code, code_of(answer)) == (409, "identity_taken")
        assert linked(ann) == []

    def test_one_identity_of_a_provider(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        assert code_of(ann.sign_in("github", "mira", intent="link")) == "provider_linked"
        assert ann.sign_in("google", "mira", intent="link").status_code == 200
        assert linked(ann) == ["github", "google"]

    def test_leaves_an_entry_and_a_mail_without_secrets(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        (entry,) = [item for item in table("AUDIT#") if item["act"].startswith("identity.")]
        assert (entry["act"], entry["after"]) == ("identity.linked", {"provider": "github"})
        mails = [item for item in table("USER#") if item.get("notice") == "provider_changed"]
        assert [mail["details"]["what"] for mail in mails] == ["GitHub was linked to your account."]


class TestUnlinking:
    def test_what_is_not_linked(self, ann: Page) -> None:
        answer = unlink(ann, "github")
        assert (answer.status_code, code_of(answer)) == (404, "provider_not_linked")

    def test_needs_somebody_who_proved_it_lately(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
            assert code_of(unlink(ann, "github")) == "step_up_required"
        assert linked(ann) == ["github"]

    def test_the_identity_is_anybodys_again(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        assert unlink(ann, "github").status_code == 204
        assert linked(ann) == []
        assert table("IDENTITY#") == []
        assert ann.sign_in("github", "nora").status_code == 202

    def test_never_the_last_way_in(self, page: Page) -> None:
        page.newcomer("github", "nora", "nora")
        answer = unlink(page, "github")
        assert (answer.status_code, code_of(answer)) == (409, "last_sign_in_method")
        page.sign_in("google", "nora", intent="link")
        assert unlink(page, "github").status_code == 204
        assert code_of(unlink(page, "google")) == "last_sign_in_method"
        assert page.sign_in("google", "nora").json()["user"]["handle"] == "nora"

    def test_not_both_of_two_at_once(self, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both requests saw two providers; the account's version lets one of them through."""
        made = page.newcomer("github", "nora", "nora")
        page.sign_in("google", "nora", intent="link")
        seen = wiring.repository().user(made.json()["user"]["id"], consistent=True)
        assert unlink(page, "github").status_code == 204
        monkeypatch.setattr(IdentityRepository, "user", lambda *_, **__: seen)
        assert code_of(unlink(page, "google")) == "user_changed"


class TestSecondFactor:
    def test_an_account_that_has_one_is_asked_for_it(self, ann: Page) -> None:
        ann.sign_in("github", "nora", intent="link")
        shown = ann.api.post("/v1/me/totp", headers=ann.bearer).json()
        code = pyotp.TOTP(shown["secret"]).now()
        confirmed = ann.api.post("/v1/me/totp/confirm", json={"code": code}, headers=ann.bearer)
        recovery = confirmed.json()["recovery_codes"][0]

        flow = ann.flow("github", "nora")
        needed = ann.exchange(flow)
        assert needed.status_code == 202
        assert needed.json()["methods"] == ["totp", "recovery_code"]
        assert code_of(ann.exchange(flow)) == "flow_invalid"
        body = {"challenge": needed.json()["challenge"], "code": recovery}
        signed_in = ann.api.post("/v1/auth/login/second-factor", json=body)
        assert signed_in.status_code == 200
        methods = {item["method"] for item in table("USER#") if item["kind"] == "session"}
        assert "github+recovery_code" in methods


class TestRepeatedSignUp:
    KEY = "a-key-of-this-client"

    def sign_up(self, page: Page, needed: Response, key: str | None) -> Response:
        body = {
            "signup_token": needed.json()["signup_token"],
            "handle": "nora",
            "display_name": "Nora",
        }
        headers = {"idempotency-key": key} if key else {}
        return page.api.post("/v1/auth/providers/sign-up", json=body, headers=headers)

    def test_gets_the_same_session(self, page: Page) -> None:
        needed = page.sign_in("github", "nora")
        first, second = (self.sign_up(page, needed, self.KEY) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json()["refresh_token"] == second.json()["refresh_token"]
        assert len([item for item in table("USER#") if item["kind"] == "session"]) == 1

    @pytest.mark.parametrize("key", [None, "another-key"])
    def test_not_with_another_key(self, page: Page, key: str | None) -> None:
        needed = page.sign_in("github", "nora")
        assert self.sign_up(page, needed, self.KEY).status_code == 201
        assert code_of(self.sign_up(page, needed, key)) == "flow_invalid"

    def test_not_once_the_session_was_used(self, page: Page) -> None:
        needed = page.sign_in("github", "nora")
        made = self.sign_up(page, needed, self.KEY)
        refreshed = page.api.post(
            "/v1/auth/refresh", json={"refresh_token": made.json()["refresh_token"]}
        )
        assert refreshed.status_code == 200
        assert code_of(self.sign_up(page, needed, self.KEY)) == "flow_invalid"


def test_the_page_keeps_its_refresh_token_in_a_cookie(page: Page) -> None:
    page.newcomer("github", "nora", "nora")
    _, told = page.come_back(visit(page.begin("github"), person="nora"))
    answer = page.api.post(
        "/v1/auth/providers/exchange",
        json={"flow": told["flow"], "verifier": page.verifier},
        headers={
            "x-session-transport": "cookie",
            "origin": "http://localhost:8080",
            "sec-fetch-site": "same-origin",
        },
    )
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    assert "__Secure-sf_refresh=" in answer.headers["set-cookie"]
    assert bearer(answer)
