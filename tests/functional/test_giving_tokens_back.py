"""Apple has its refresh token back once nobody is linked with it: on the deployed stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from socialflow.identity.federation.client_proof import proof_of
from socialflow.identity.federation.clients import clients_from_text
from socialflow.identity.federation.revocations import TOKEN_SEAL
from socialflow.identity.sealing.sealer import Sealer
from socialflow.identity.sealing.secret import SealingSecret
from socialflow.platform.clock import utc_now
from tests.functional.account import AwsAccount
from tests.functional.leaving import be_due
from tests.functional.people import Device, nobody, register
from tests.functional.provider_page import Page, somebody
from tests.functional.waiting import wait_for


@dataclass(frozen=True)
class Apple:
    """What the administrator can open and ask."""

    account: AwsAccount

    def token_of(self, device: Device) -> str:
        """The token that lies sealed in somebody's link."""
        user_id = device.get("/v1/me").json()["id"]
        item = self.item(f"USER#{user_id}", "PROVIDER#apple")
        secrets = SealingSecret(
            lambda: self.account.client("secretsmanager"),
            self.account.outputs["SealingKeysSecretArn"],
        )
        sealed = item["sealed_token"]["S"]
        return Sealer(secrets).decrypt(TOKEN_SEAL, "apple", sealed).decode()

    def honours(self, token: str) -> bool:
        """Whether it gives an access token for a refresh token."""
        told = self.account.client("secretsmanager").get_secret_value(
            SecretId=self.account.outputs["OAuthClientsSecretArn"]
        )
        client = clients_from_text(told["SecretString"])["apple"]
        form = {"grant_type": "refresh_token", "refresh_token": token}
        proof = proof_of(client, utc_now()).fields
        answer = httpx.post(client.provider.token_endpoint, data={**proof, **form})
        if answer.status_code == 200:
            return True
        assert answer.json()["error"] == "invalid_grant", answer.text
        return False

    def item(self, pk: str, sk: str) -> Mapping[str, Any]:
        found: dict[str, dict[str, Any]] = self.account.client("dynamodb").get_item(
            TableName=self.account.outputs["IdentityTableName"],
            Key={"pk": {"S": pk}, "sk": {"S": sk}},
            ConsistentRead=True,
        )
        return found["Item"]

    def waiting(self) -> list[str]:
        """What is still to be given back."""
        pages = self.account.client("dynamodb").get_paginator("scan")
        return [
            item["pk"]["S"]
            for page in pages.paginate(TableName=self.account.outputs["IdentityTableName"])
            for item in page["Items"]
            if item["pk"]["S"].startswith("REVOCATION#")
        ]


@pytest.fixture
def apple(account: AwsAccount) -> Apple:
    return Apple(account)


def linked(device: Device) -> str:
    """Links somebody whom Apple knows; returns who that is there."""
    page, person = Page(device), somebody()
    assert page.exchange(page.flow("apple", person, intent="link")).json() == {"linked": "apple"}
    return person


def test_after_unlinking(apple: Apple, ann: Device) -> None:
    person = linked(ann)
    first = apple.token_of(ann)
    again = Page(nobody(ann.origin))
    assert again.exchange(again.flow("apple", person)).status_code == 200
    newest = apple.token_of(ann)
    assert newest != first
    assert apple.honours(newest)
    assert ann.delete("/v1/me/providers/apple").status_code == 204
    wait_for(lambda: not apple.honours(newest), "Apple to have its token back")
    assert not apple.honours(first)
    wait_for(lambda: apple.waiting() == [], "the token to be forgotten")


def test_after_an_erasure(apple: Apple, account: AwsAccount, origin: str) -> None:
    leaver = register(origin, "leaver")
    linked(leaver)
    token = apple.token_of(leaver)
    user_id = leaver.get("/v1/me").json()["id"]
    assert leaver.post("/v1/me/deletion").status_code == 202
    assert apple.honours(token), "it can be taken back for 30 days"
    be_due(account, f"USER#{user_id}", "DELETION")
    wait_for(lambda: not apple.honours(token), "Apple to have its token back")
    wait_for(lambda: apple.waiting() == [], "the token to be forgotten")
