"""Attacks on sign-in through providers, tried against the real local ones.

RFC 9700 (best current practice for OAuth security) and RFC 8252 (apps) have most of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine

from tests.unit.identity.federation.conftest import (
    APP,
    Page,
    landing,
    put_clients,
    table,
)
from tests.unit.identity.requests import bearer, code_of, register
from tests.unit.sign_in_providers import ORIGIN, LocalProviders, Refused, Returned, visit

ALL = ("google", "facebook", "x", "github", "apple")


@pytest.fixture
def attacker(page: Page) -> Page:
    """Another browser, with a verifier of its own."""
    return Page(page.api)


def changed(url: str, **fields: str) -> str:
    """An authorization URL with other parameters."""
    parts = urlsplit(url)
    return f"{url.partition('?')[0]}?{urlencode(dict(parse_qsl(parts.query)) | fields)}"


def with_fields(returned: Returned, **fields: str) -> Returned:
    return Returned(returned.method, returned.url, {**returned.fields, **fields})


def failed(page: Page, returned: Returned) -> str:
    """The code of what becomes of an answer that leads to no session, wherever that shows."""
    _, told = page.come_back(returned)
    if "error" in told:
        return told["error"]
    return code_of(page.exchange(told["flow"]))


class TestVerifier:
    def test_another_browser_cannot_finish(self, page: Page, attacker: Page) -> None:
        flow = page.flow("github", "nora")
        answer = attacker.exchange(flow)
        assert (answer.status_code, code_of(answer)) == (401, "flow_invalid")
        # The code was not spent on it.
        assert page.exchange(flow).status_code == 202

    def test_somebody_elses_answer_signs_nobody_in(self, page: Page, attacker: Page) -> None:
        """Login CSRF: the attacker's own answer is opened in the victim's browser."""
        planted = visit(attacker.begin("github"), person="nora")
        page.begin("github")
        _, told = page.come_back(planted)
        assert code_of(page.exchange(told["flow"])) == "flow_invalid"

    def test_what_an_app_catches_is_worth_nothing(self, page: Page, attacker: Page) -> None:
        """Another app has registered the same scheme (RFC 8252, 8.1)."""
        caught = page.flow("apple", "nora", return_to=APP)
        assert code_of(attacker.exchange(caught)) == "flow_invalid"

    def test_nobody_finishes_without_having_come_back(self, page: Page, attacker: Page) -> None:
        """The attacker began and sent the link to a victim, who consents: the seal that the
        callback makes is in the victim's browser, and the state is none."""
        url = attacker.begin("github")
        page.come_back(visit(url, person="nora"))
        state = dict(parse_qsl(urlsplit(url).query))["state"]
        assert code_of(attacker.exchange(state)) == "flow_invalid"


class TestCodes:
    @pytest.mark.parametrize("provider", ALL)
    def test_a_stolen_code_in_another_flow(self, page: Page, attacker: Page, provider: str) -> None:
        """Code injection: PKCE ties a code to the flow that it was given for (RFC 9700, 4.5)."""
        stolen = visit(page.begin(provider), person="nora").fields["code"]
        own = visit(attacker.begin(provider), person="mira")
        assert failed(attacker, with_fields(own, code=stolen)) == "provider_sign_in_failed"

    @pytest.mark.parametrize("provider", ALL)
    def test_a_code_that_was_used(self, page: Page, provider: str) -> None:
        returned = visit(page.begin(provider), person="nora")
        _, told = page.come_back(returned)
        assert page.exchange(told["flow"]).status_code == 202
        again = visit(page.begin(provider), person="nora")
        used = with_fields(again, code=returned.fields["code"])
        assert failed(page, used) == "provider_sign_in_failed"

    def test_another_code_after_the_first(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        page.come_back(returned)
        assert failed(page, with_fields(returned, code="another")) == "flow_invalid"

    def test_a_flow_is_finished_once(self, page: Page) -> None:
        page.newcomer("github", "nora", "nora")
        flow = page.flow("github", "nora")
        assert page.exchange(flow).status_code == 200
        assert code_of(page.exchange(flow)) == "flow_invalid"

    def test_at_once_as_well(self, page: Page) -> None:
        """A provider may revoke what it gave for a code that comes twice: then nobody gets in."""
        page.newcomer("github", "nora", "nora")
        flow = page.flow("github", "nora")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: page.exchange(flow).status_code, range(8)))
        let_in = answers.count(200)
        assert let_in <= 1
        assert set(answers) <= {200, 401, 503}
        sessions = [item for item in table("USER#") if item["kind"] == "session"]
        assert len(sessions) == 1 + let_in

    @pytest.mark.parametrize("provider", ALL)
    def test_nothing_in_the_table_can_be_used(self, page: Page, provider: str) -> None:
        url = page.begin(provider)
        asked = dict(parse_qsl(urlsplit(url).query))
        returned = visit(url, person="nora")
        _, told = page.come_back(returned)
        kept = repr(table())
        secret = (returned.fields["code"], asked["state"], told["flow"], page.verifier)
        for text in (*secret, asked.get("nonce", told["flow"])):
            assert text not in kept


class TestWhatTheProviderSees:
    @pytest.mark.parametrize("provider", ["google", "facebook", "apple"])
    def test_another_nonce(self, page: Page, provider: str) -> None:
        """An ID token that was made for another request is replayed."""
        url = changed(page.begin(provider), nonce="n" * 43)
        assert failed(page, visit(url, person="nora")) == "provider_sign_in_failed"

    @pytest.mark.parametrize("provider", ALL)
    def test_another_challenge(self, page: Page, provider: str) -> None:
        url = changed(page.begin(provider), code_challenge="c" * 43)
        assert failed(page, visit(url, person="nora")) == "provider_sign_in_failed"

    @pytest.mark.parametrize("provider", ALL)
    def test_another_redirect(self, page: Page, provider: str) -> None:
        url = changed(page.begin(provider), redirect_uri="https://evil.example/callback")
        with pytest.raises(Refused):
            visit(url, person="nora")

    @pytest.mark.parametrize("provider", ALL)
    def test_another_secret(self, page: Page, providers: LocalProviders, provider: str) -> None:
        told = providers.told
        if provider == "apple":
            told["apple"]["team_id"] = "OTHERTEAM1"
        else:
            told[provider]["client_secret"] = "a guess"
        put_clients(told)
        answer = page.sign_in(provider, "nora")
        assert (answer.status_code, code_of(answer)) == (503, "provider_unavailable")
        assert [item for item in table("FLOW#") if item["stage"] == "over"] == []


class TestMixUp:
    def test_an_answer_at_another_providers_callback(self, page: Page) -> None:
        returned = visit(page.begin("google"), person="nora")
        crossed = Returned("GET", returned.url.replace("google", "github"), returned.fields)
        assert failed(page, crossed) == "flow_invalid"

    def test_an_answer_of_another_issuer(self, page: Page, providers: LocalProviders) -> None:
        """RFC 9207: the honest provider says who it is."""
        returned = visit(page.begin("google"), person="nora")
        assert returned.fields["iss"] == providers.told["google"]["issuer"]
        evil = with_fields(returned, iss="https://evil.example")
        assert failed(page, evil) == "provider_sign_in_failed"


class TestState:
    @pytest.mark.parametrize(
        "forged",
        [
            lambda _state, _flow: "",
            lambda _state, _flow: "state",
            lambda state, _flow: state[:-1] + ("A" if state[-1] != "A" else "B"),
            lambda state, _flow: state.replace("flw_", "flv_"),
            lambda _state, flow: flow,
            lambda state, _flow: state + "\n",
        ],
    )
    def test_is_not_to_be_forged(self, page: Page, forged: Callable[[str, str], str]) -> None:
        flow = page.flow("github", "mira")
        returned = visit(page.begin("github"), person="nora")
        other = with_fields(returned, state=forged(returned.fields["state"], flow))
        where, told = page.come_back(other)
        assert (where, told) == (f"{ORIGIN}/signed-in", {"error": "flow_invalid"})

    def test_is_good_for_a_quarter_of_an_hour(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15)):
            assert failed(page, returned) == "flow_invalid"

    def test_a_flow_is_not_exchanged_later(self, page: Page) -> None:
        flow = page.flow("github", "nora")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15)):
            assert code_of(page.exchange(flow)) == "flow_invalid"

    def test_a_new_person_has_half_an_hour(self, page: Page) -> None:
        needed = page.sign_in("github", "nora")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
            assert code_of(page.sign_up(needed, "nora")) == "flow_invalid"

    def test_one_seal_is_not_another(self, page: Page) -> None:
        needed = page.sign_in("github", "nora")
        assert code_of(page.exchange(needed.json()["signup_token"])) == "flow_invalid"
        flow = page.flow("github", "mira")
        body = {"signup_token": flow, "handle": "mira", "display_name": "Mira"}
        answer = page.api.post("/v1/auth/providers/sign-up", json=body)
        assert code_of(answer) == "flow_invalid"


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
        evil = with_fields(returned, return_to="https://evil.example", redirect_uri="//evil")
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
        where, told = page.come_back(with_fields(returned, **fields))
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
        _, told = page.come_back(with_fields(returned, user=user))
        needed = page.exchange(told["flow"])
        assert needed.json()["suggested_name"] == ""

    def test_the_browsers_word_on_an_address_does_not_count(self, page: Page) -> None:
        """Apple's `user` field passes through the browser; its address may be anybody's."""
        returned = visit(page.begin("apple"), person="liam")
        user = '{"name": {"firstName": "L"}, "email": "demo@example.com"}'
        _, told = page.come_back(with_fields(returned, user=user))
        assert page.exchange(told["flow"]).json()["email"] is None


class TestTakeover:
    """An account is never taken over by an address that a provider tells."""

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
