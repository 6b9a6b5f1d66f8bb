"""Attacks on a sign-in through a provider as it goes: its verifier, codes and state.

They are tried against the real local providers. RFC 9700 (best current practice for OAuth
security) and RFC 8252 (apps) have most of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine

from tests.unit.identity.federation.conftest import APP, Page, put_clients, table
from tests.unit.identity.requests import code_of
from tests.unit.sign_in_providers import ALL, ORIGIN, LocalProviders, Refused, Returned, visit


@pytest.fixture
def attacker(page: Page) -> Page:
    """Another browser, with a verifier of its own."""
    return Page(page.api)


def changed(url: str, **fields: str) -> str:
    """An authorization URL with other parameters."""
    parts = urlsplit(url)
    return f"{url.partition('?')[0]}?{urlencode(dict(parse_qsl(parts.query)) | fields)}"


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
        assert failed(attacker, own.changed(code=stolen)) == "provider_sign_in_failed"

    @pytest.mark.parametrize("provider", ALL)
    def test_a_code_that_was_used(self, page: Page, provider: str) -> None:
        returned = visit(page.begin(provider), person="nora")
        _, told = page.come_back(returned)
        assert page.exchange(told["flow"]).status_code == 202
        again = visit(page.begin(provider), person="nora")
        used = again.changed(code=returned.fields["code"])
        assert failed(page, used) == "provider_sign_in_failed"

    def test_another_code_after_the_first(self, page: Page) -> None:
        returned = visit(page.begin("github"), person="nora")
        page.come_back(returned)
        assert failed(page, returned.changed(code="another")) == "flow_invalid"

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
        evil = returned.changed(iss="https://evil.example")
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
        other = returned.changed(state=forged(returned.fields["state"], flow))
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
