"""An erasure sets aside what providers want back, and waits for none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from socialflow.identity.federation.http import ProviderHttp
from socialflow.identity.federation.models import LinkedIdentity
from socialflow.identity.federation.records import identity_item, provider_item
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.revocations import revocation_requested
from socialflow.identity.rights.erasure import IdentityErasure
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Write
from socialflow.platform.erasure import Eraser, Erasure, Leaving, OwnQueue
from socialflow.platform.principal import UserId
from tests.unit.doubles import CountedIds
from tests.unit.identity.rights.conftest import BUCKET, RightsWorld

GONE = UserId("gone_01K00000000000000000000000")
SUBJECT = "000123.of-ann.0456"


@pytest.fixture(autouse=True)
def unasked() -> Iterator[None]:
    """No provider may be asked."""
    with patch.object(ProviderHttp, "_ask", side_effect=AssertionError("a provider was asked")):
        yield


class Erasing:
    """Ann, linked with Apple, leaves."""

    def __init__(self, rights: RightsWorld, ids: CountedIds) -> None:
        self.rights = rights
        self.erasure = IdentityErasure(
            rights.identity.table,
            lambda: client("s3"),
            places={BUCKET: lambda user_id: f"exports/{user_id}/"},
            new_id=ids,
        )

    def link(self, provider: str, sealed_token: str | None) -> None:
        linked = LinkedIdentity(
            provider=provider,
            subject=SUBJECT,
            user_id=self.rights.ann.id,
            label="Ann",
            linked_at=self.rights.clock(),
            sealed_token=sealed_token,
        )
        self.rights.identity.table.put_many([identity_item(linked), provider_item(linked)])

    def run(self, *, budget: int = 2_000) -> Erasure:
        self.rights.begin()
        leaving = Leaving(
            user_id=self.rights.ann.id, handle="ann", anonymous_id=GONE, pass_number=1
        )
        eraser = Eraser(
            self.erasure.plan(),
            records=self.rights.records,
            queue=OwnQueue(_no_queue, "queue"),
            clock=self.rights.clock,
            budget=budget,
        )
        return eraser.run(Erasure(leaving=leaving, event={}))

    def set_aside(self) -> list[str]:
        return [item["sealed_token"] for item in self.rights.identity.items("REVOCATION#")]


def _no_queue() -> Any:
    raise AssertionError("it goes on later")


@pytest.fixture
def erasing(rights: RightsWorld, ids: CountedIds) -> Erasing:
    return Erasing(rights, ids)


def test_what_is_to_be_given_back_names_nobody(erasing: Erasing) -> None:
    erasing.link("apple", "sealed")
    erased = erasing.run()
    (item,) = erasing.rights.identity.items("REVOCATION#")
    assert (item["provider"], item["sealed_token"]) == ("apple", "sealed")
    assert revocation_requested(item, {}) == {"revocation_id": item["id"], "provider": "apple"}
    ann = erasing.rights.ann
    for word in (ann.id.partition("_")[2], SUBJECT, ann.handle, ann.email or "", GONE):
        assert word not in repr(item)
    assert erased.erased["tokens"] == 1


def test_nothing_of_her_is_left_meanwhile(erasing: Erasing) -> None:
    erasing.link("apple", "sealed")
    erasing.run()
    for prefix in (f"USER#{erasing.rights.ann.id}", "IDENTITY#"):
        assert erasing.rights.identity.items(prefix) == []
    receipt = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"erasures/{GONE}/1/identity")
    assert receipt["KeyCount"] == 1


@pytest.mark.parametrize("provider", ["apple", "google"])
def test_a_link_without_a_token_just_goes(erasing: Erasing, provider: str) -> None:
    erasing.link(provider, None)
    assert "tokens" not in erasing.run().erased
    assert erasing.set_aside() == []


def test_a_token_that_comes_meanwhile_is_set_aside_as_well(
    erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing.link("apple", "older")
    real: Callable[..., None] = FederationRepository.set_aside

    def late(repository: FederationRepository, linked: LinkedIdentity, more: list[Write]) -> None:
        if linked.sealed_token == "older":
            erasing.link("apple", "newer")
        real(repository, linked, more)

    monkeypatch.setattr(FederationRepository, "set_aside", late)
    erasing.run()
    assert erasing.set_aside() == ["newer"]


def test_two_runs_side_by_side_set_it_aside_once(
    erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing.link("apple", "sealed")
    real: Callable[..., None] = FederationRepository.set_aside

    def twice(repository: FederationRepository, linked: LinkedIdentity, more: list[Write]) -> None:
        real(repository, linked, more)
        real(repository, linked, more)

    monkeypatch.setattr(FederationRepository, "set_aside", twice)
    erasing.run()
    assert erasing.set_aside() == ["sealed"]
