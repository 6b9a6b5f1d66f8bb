"""Apple's stand-in gives refresh tokens and takes them back, as strictly as it does the rest."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.local_identity_provider.asking import Asking, is_refused
from tests.unit.sign_in_providers import LocalProviders


@pytest.fixture
def apple(providers: LocalProviders) -> Asking:
    return Asking(providers, "apple")


def given(apple: Asking, person: str) -> str:
    """The refresh token of a sign-in."""
    token: str = apple.redeem(apple.picked(person).fields["code"]).json()["refresh_token"]
    return token


def test_a_refresh_token_is_good_again_and_again(apple: Asking) -> None:
    token = given(apple, "made-up:keeps")
    for _ in range(2):
        answer = apple.refresh(token)
        assert answer.status_code == 200, answer.text
        assert answer.json()["access_token"]


def test_until_it_is_given_back(apple: Asking) -> None:
    token = given(apple, "made-up:gives")
    answer = apple.revoke(token)
    assert (answer.status_code, answer.text) == (200, "")
    assert is_refused(apple.refresh(token))
    assert apple.revoke(token).status_code == 200


def test_with_one_all_of_a_person_go(apple: Asking) -> None:
    first, second = (given(apple, "made-up:twice") for _ in range(2))
    other = given(apple, "made-up:other")
    apple.revoke(second)
    assert is_refused(apple.refresh(first))
    assert apple.refresh(other).status_code == 200


def test_who_gave_it_back_is_greeted_anew(apple: Asking) -> None:
    token = given(apple, "made-up:anew")
    assert "user" not in apple.picked("made-up:anew").fields
    apple.revoke(token)
    assert "user" in apple.picked("made-up:anew").fields


@pytest.mark.parametrize(
    "changes", [{"client_secret": "a guess"}, {"client_secret": ""}, {"client_id": "other"}]
)
def test_only_its_client_may_give_it_back(apple: Asking, changes: dict[str, str]) -> None:
    token = given(apple, "made-up:theirs")
    refused = apple.revoke(token, **changes)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert apple.refresh(token).status_code == 200


@pytest.mark.parametrize("name", ["google", "facebook"])
def test_the_others_give_none(providers: LocalProviders, name: str) -> None:
    asking = Asking(providers, name)
    assert "refresh_token" not in asking.redeem(asking.picked().fields["code"]).json()
    assert httpx.post(f"{asking.told['issuer']}/revoke").status_code == 404
