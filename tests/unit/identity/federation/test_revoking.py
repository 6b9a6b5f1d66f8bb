"""Giving a token back to a provider that answers whatever it likes."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from socialflow.identity.federation.clients import Client, Clients
from socialflow.identity.federation.errors import ProviderUnknown
from socialflow.identity.federation.http import Answered, NoAnswer, ProviderHttp
from socialflow.identity.federation.models import LinkedIdentity
from socialflow.identity.federation.providers import PROVIDERS
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.revocations import TOKEN_SEAL, revocation_writes
from socialflow.identity.federation.revoking import NotRevoked, Revoking
from socialflow.identity.sealing.errors import SealBroken
from socialflow.platform.observability import logger
from socialflow.platform.principal import UserId
from socialflow.platform.queue import handle_each
from tests.unit.doubles import CountedIds
from tests.unit.identity.federation.answering import answering
from tests.unit.identity.federation.pretending import Pretending, client_of
from tests.unit.identity.world import World

TOKEN = "r3fresh.t0ken-of.nobody"
ENDPOINT = "https://appleid.apple.com/auth/revoke"


class Switched(Clients):
    """The clients that are switched on."""

    def __init__(self, *clients: Client) -> None:
        self._on = {client.provider.id: client for client in clients}

    def of(self, provider_id: str) -> Client:
        if provider_id not in self._on:
            raise ProviderUnknown(provider_id)
        return self._on[provider_id]


class GivingBack:
    """A token of somebody who has left, and Apple."""

    def __init__(self, world: World, ids: CountedIds) -> None:
        self.world, self.http = world, Pretending()
        self.repository = FederationRepository(world.table)
        self.id = ids("rvk")
        self.put(world.sealer.encrypt(TOKEN_SEAL, "apple", TOKEN.encode()))

    def put(self, sealed_token: str) -> None:
        linked = LinkedIdentity(
            provider="apple",
            subject="subject",
            user_id=UserId("usr_1"),
            label="label",
            linked_at=self.world.clock(),
            sealed_token=sealed_token,
        )
        (write,) = revocation_writes(linked, id=self.id)
        assert write.put
        self.world.table.put_many([write.put])

    def revoke(self, *clients: Client, http: ProviderHttp | None = None) -> bool:
        revoking = Revoking(
            self.repository,
            clients=Switched(*(clients or (client_of("apple"),))),
            http=http or self.http,
            sealer=self.world.sealer,
            clock=self.world.clock,
        )
        return revoking.revoke(self.id)

    def handle(self, _envelope: Mapping[str, Any]) -> None:
        self.revoke()

    def is_waiting(self) -> bool:
        return self.repository.revocation(self.id) is not None


@pytest.fixture
def giving(world: World, ids: CountedIds) -> GivingBack:
    return GivingBack(world, ids)


class TestAsking:
    def test_is_as_apple_says(self, giving: GivingBack) -> None:
        giving.http.says(ENDPOINT, None)
        assert giving.revoke()
        ((url, form, headers),) = giving.http.asked
        assert url == ENDPOINT == PROVIDERS["apple"].revocation_endpoint
        assert set(form) == {"client_id", "client_secret", "token", "token_type_hint"}
        assert (form["token"], form["token_type_hint"]) == (TOKEN, "refresh_token")
        assert form["client_id"] == "our-apple"
        assert form["client_secret"].count(".") == 2, "the signed one"
        assert "Authorization" not in headers
        assert not giving.is_waiting()

    def test_once(self, giving: GivingBack) -> None:
        giving.http.says(ENDPOINT, None)
        assert [giving.revoke(), giving.revoke()] == [True, False]
        assert len(giving.http.asked) == 1

    def test_nobody_about_what_is_not_there(self, giving: GivingBack) -> None:
        giving.id = "rvk_unknown"
        assert not giving.revoke()
        assert giving.http.asked == []

    def test_apple_alone_has_an_endpoint(self) -> None:
        """Whoever adds one sees to it that the provider gives refresh tokens."""
        with_one = [each.id for each in PROVIDERS.values() if each.revocation_endpoint]
        assert with_one == ["apple"]


class TestRefusals:
    @pytest.mark.parametrize("status", [201, 204, 302, 307, 400, 401, 403, 404, 429, 500, 503])
    def test_whatever_is_no_200_comes_again(self, giving: GivingBack, status: int) -> None:
        giving.http.says(ENDPOINT, {"error": "invalid_client"}, status)
        with pytest.raises(NotRevoked, match=f"^apple: status {status}, invalid_client$"):
            giving.revoke()
        assert giving.is_waiting()
        giving.http.says(ENDPOINT, None)
        assert giving.revoke()

    def test_a_provider_that_is_away(self, giving: GivingBack) -> None:
        giving.http.answers[ENDPOINT] = NoAnswer("ReadTimeoutError")
        with pytest.raises(NotRevoked, match="no answer"):
            giving.revoke()
        assert giving.is_waiting()

    def test_a_redirect_gets_no_token(self, giving: GivingBack) -> None:
        ours = client_of("apple")
        head = b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nConnection: close\r\n"
        with closing(socket.create_server(("127.0.0.1", 0))) as elsewhere:
            elsewhere.setblocking(False)
            location = f"Location: http://127.0.0.1:{elsewhere.getsockname()[1]}/\r\n\r\n"
            with answering(head + location.encode()) as url:
                moved = replace(ours, provider=replace(ours.provider, revocation_endpoint=url))
                with pytest.raises(NotRevoked, match="status 307"):
                    giving.revoke(moved, http=ProviderHttp())
            with pytest.raises(BlockingIOError):
                elsewhere.accept()
        assert giving.is_waiting()

    def test_one_that_is_switched_off(self, giving: GivingBack) -> None:
        with pytest.raises(ProviderUnknown):
            giving.revoke(client_of("github"))
        assert giving.is_waiting()

    def test_a_token_that_was_sealed_for_another(self, giving: GivingBack, world: World) -> None:
        """Whoever can write the table cannot send one provider's token to another."""
        giving.put(world.sealer.encrypt(TOKEN_SEAL, "google", TOKEN.encode()))
        with pytest.raises(SealBroken):
            giving.revoke()
        assert giving.http.asked == []


class TestSecrets:
    @pytest.mark.parametrize(
        "answer",
        [
            Answered(400, {"error": TOKEN, "error_description": TOKEN}),
            Answered(400, {"error": [TOKEN]}),
            Answered(500, TOKEN),
            Answered(403, {"error": f"invalid_request {TOKEN}"}),
            NoAnswer("ReadTimeoutError"),
        ],
    )
    def test_are_in_no_log(
        self, giving: GivingBack, answer: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Also where the provider says what it was told."""
        giving.http.answers[ENDPOINT] = answer
        batch = {"Records": [{"messageId": "1", "body": "{}"}]}
        with caplog.at_level(logging.DEBUG, logger=logger().name):
            told = handle_each(batch, giving.handle)
        assert told["batchItemFailures"]
        assert "NotRevoked" in caplog.text
        (_, form, _), *_ = giving.http.asked
        for secret in (TOKEN, form["client_secret"], client_of("apple").secret):
            assert secret not in caplog.text

    def test_are_in_no_repr(self, giving: GivingBack) -> None:
        found = giving.repository.revocation(giving.id)
        assert found
        assert found.sealed_token not in repr(found)
