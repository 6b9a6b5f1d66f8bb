"""Apple's refresh token from the sign-in that brings it until Apple has it back."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import httpx
import pyotp
import pytest
from botocore.client import BaseClient
from httpx import Response

from functions.identity import on_revocation_requested
from socialflow.identity import federation_wiring, wiring
from socialflow.identity.federation.client_proof import proof_of
from socialflow.identity.federation.models import LinkedIdentity
from socialflow.identity.federation.records import provider_item
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.revocations import TOKEN_SEAL, revocation_requested
from socialflow.identity.sealing.errors import SealBroken
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Item
from socialflow.platform.observability import logger
from tests.unit.identity.federation.conftest import Page, put_clients, table
from tests.unit.identity.requests import code_of, register


@pytest.fixture
def ann(page: Page) -> Page:
    """Somebody with a password."""
    page.token = register(page.api).json()["access_token"]
    return page


def opened(item: Item) -> str:
    """The token that lies sealed in an item."""
    return wiring.sealer().decrypt(TOKEN_SEAL, "apple", item["sealed_token"]).decode()


def links(provider: str = "apple") -> list[Item]:
    return [item for item in table("USER#") if item["sk"] == f"PROVIDER#{provider}"]


def kept() -> str:
    """The token of the one link with Apple that there is."""
    (link,) = links()
    return opened(link)


def is_good(token: str) -> bool:
    """Whether Apple still honours it."""
    client = federation_wiring.clients().of("apple")
    form = {"grant_type": "refresh_token", "refresh_token": token}
    proof = proof_of(client, utc_now()).fields
    answer = httpx.post(client.provider.token_endpoint, data={**proof, **form})
    assert answer.status_code in (200, 400), answer.text
    return answer.status_code == 200


def unlink(page: Page, provider: str = "apple") -> Response:
    return page.api.request("DELETE", f"/v1/me/providers/{provider}", headers=page.bearer)


def asked_for() -> list[dict[str, Any]]:
    """The SQS batch that follows from what is to be given back."""
    items = table("REVOCATION#")
    return [data for item in items if (data := revocation_requested(item, {}))]


def delivered(asked: list[dict[str, Any]]) -> dict[str, Any]:
    records = [
        {
            "messageId": data["revocation_id"],
            "body": _envelope(data),
        }
        for data in asked
    ]
    return on_revocation_requested.handler({"Records": records}, None)


def _envelope(data: dict[str, Any]) -> str:
    detail = {
        "id": "1",
        "occurred_at": "2026-11-21T09:30:00.000Z",
        "correlation_id": "c",
        "data": data,
    }
    source = "socialflow.identity"
    return json.dumps(
        {"id": "1", "source": source, "detail-type": "RevocationRequested.v1", "detail": detail}
    )


@contextmanager
def counting() -> Iterator[list[str]]:
    """The calls of DynamoDB that are made meanwhile."""
    made: list[str] = []
    real: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: Any, operation: str, parameters: Any) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            made.append(operation)
        return real(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", counted):
        yield made


class TestKeeping:
    def test_a_new_account_has_it_sealed_and_nothing_else_has_it(self, page: Page) -> None:
        page.newcomer("apple", "made-up:new", "new_here")
        token = kept()
        assert is_good(token)
        everything = table()
        assert token not in repr(everything)
        assert [item["sk"] for item in everything if "sealed_token" in item] == ["PROVIDER#apple"]

    def test_a_link_has_it(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:linked", intent="link")
        assert is_good(kept())

    @pytest.mark.parametrize("provider", ["google", "facebook", "x", "github"])
    def test_of_the_others_nothing_is_kept(self, ann: Page, provider: str) -> None:
        ann.sign_in(provider, "nora", intent="link")
        assert len(links(provider)) == 1
        assert [item for item in table() if "sealed_token" in item] == []
        assert unlink(ann, provider).status_code == 204
        assert asked_for() == []

    def test_it_opens_for_its_provider_alone(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:bound", intent="link")
        (link,) = links()
        with pytest.raises(SealBroken):
            wiring.sealer().decrypt(TOKEN_SEAL, "google", link["sealed_token"])


class TestSigningInAgain:
    def test_keeps_the_newest(self, page: Page) -> None:
        page.newcomer("apple", "made-up:again", "again")
        before = kept()
        assert page.sign_in("apple", "made-up:again").status_code == 200
        assert kept() != before
        assert is_good(kept())

    def test_costs_no_call_more(self, ann: Page) -> None:
        """As many as with a provider that gives no token."""
        made = {}
        for provider in ("google", "apple"):
            ann.sign_in(provider, "made-up:costs", intent="link")
            flow = ann.flow(provider, "made-up:costs")
            with counting() as calls:
                assert ann.exchange(flow).status_code == 200
            made[provider] = list(calls)
        assert made["apple"] == made["google"]
        assert made["apple"]

    def test_also_where_a_second_factor_is_asked_for(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:factor", intent="link")
        before = kept()
        shown = ann.api.post("/v1/me/totp", headers=ann.bearer).json()
        code = {"code": pyotp.TOTP(shown["secret"]).now()}
        ann.api.post("/v1/me/totp/confirm", json=code, headers=ann.bearer)
        assert ann.sign_in("apple", "made-up:factor").status_code == 202
        assert kept() != before

    def test_and_where_it_is_linked_again(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:relink", intent="link")
        before = kept()
        assert ann.sign_in("apple", "made-up:relink", intent="link").status_code == 200
        assert kept() != before

    def test_not_into_a_link_that_has_gone(
        self, page: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Unlinked between the look at whose it is and the session."""
        page.newcomer("apple", "made-up:gone", "gone_now")
        flow = page.flow("apple", "made-up:gone")
        real = FederationRepository.owner

        def owner(repository: FederationRepository, provider: str, subject: str) -> Any:
            found = real(repository, provider, subject)
            assert found
            (link,) = [each for each in repository.linked(found) if each.provider == provider]
            wiring.table().transact(repository.unlink(link))
            return found

        monkeypatch.setattr(FederationRepository, "owner", owner)
        assert code_of(page.exchange(flow)) == "flow_invalid"
        assert links() == []


class TestUnlinking:
    def test_has_apple_take_it_back(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:leaves", intent="link")
        token = kept()
        assert unlink(ann).status_code == 204
        assert is_good(token), "no request waits for Apple"
        assert delivered(asked_for()) == {"batchItemFailures": []}
        assert not is_good(token)
        assert table("REVOCATION#") == []

    def test_asks_without_a_name_or_a_token(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:nameless", intent="link")
        token, me = kept(), ann.api.get("/v1/me", headers=ann.bearer).json()["id"]
        unlink(ann)
        (item,), (event,) = table("REVOCATION#"), asked_for()
        assert opened(item) == token
        for told in (repr(item), repr(event)):
            for word in (token, me.partition("_")[2], "nameless"):
                assert word not in told
        assert item["sealed_token"] not in repr(event)
        assert item["expires_at"] > utc_now().timestamp() + 14 * 24 * 3600, "longer than letters"

    def test_comes_twice_and_late(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:twice-told", intent="link")
        unlink(ann)
        asked = asked_for()
        for _ in range(2):
            assert delivered(asked) == {"batchItemFailures": []}

    def test_an_old_link_has_nothing_to_give_back(self, ann: Page) -> None:
        ann.sign_in("apple", "made-up:old", intent="link")
        (link,) = links()
        del link["sealed_token"]
        wiring.table().put_many([link])
        assert unlink(ann).status_code == 204
        assert asked_for() == []

    def test_gives_back_what_a_sign_in_meanwhile_brought(
        self, ann: Page, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the older token would be given back and the newer one lost."""
        ann.sign_in("apple", "made-up:races", intent="link")
        real = FederationRepository.linked

        def linked(repository: FederationRepository, *of: Any) -> list[LinkedIdentity]:
            found = real(repository, *of)
            monkeypatch.setattr(FederationRepository, "linked", real)
            newest = wiring.sealer().encrypt(TOKEN_SEAL, "apple", b"newest")
            wiring.table().put_many([provider_item(replace(found[0], sealed_token=newest))])
            return found

        monkeypatch.setattr(FederationRepository, "linked", linked)
        refused = unlink(ann)
        assert (code_of(refused), refused.json()["retryable"]) == ("user_changed", True)
        assert asked_for() == []
        assert unlink(ann).status_code == 204
        assert [opened(item) for item in table("REVOCATION#")] == ["newest"]

    def test_waits_for_an_operator_where_apple_is_switched_off(
        self, ann: Page, caplog: pytest.LogCaptureFixture
    ) -> None:
        ann.sign_in("apple", "made-up:waits", intent="link")
        token, clients = kept(), {"github": {"client_id": "ours", "client_secret": "secret"}}
        unlink(ann)
        put_clients(clients)
        (asked,) = asked_for()
        with caplog.at_level(logging.ERROR, logger=logger().name):
            told = delivered([asked])
        assert told == {"batchItemFailures": [{"itemIdentifier": asked["revocation_id"]}]}
        assert "ProviderUnknown" in caplog.text
        assert [opened(item) for item in table("REVOCATION#")] == [token]
