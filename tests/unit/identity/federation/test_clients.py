"""What an operator puts into the clients' secret, and what becomes of mistakes in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from socialflow.identity.federation.clients import Clients, clients_from_text
from socialflow.identity.federation.errors import ProviderUnknown
from socialflow.platform.aws import client
from tests.unit.doubles import MovableClock
from tests.unit.sign_in_providers import LocalProviders

GOOGLE = {"client_id": "ours", "client_secret": "secret"}
APPLE = {
    "client_id": "com.example.web",
    "team_id": "TEAM123456",
    "key_id": "KEY1234567",
    "private_key": ECKey.generate_key("P-256", private=True).as_pem(private=True).decode(),
}


def offered(**entries: Any) -> list[str]:
    return list(clients_from_text(json.dumps(entries)))


class TestMistakes:
    @pytest.mark.parametrize("text", ["", "R4nd0m", "[]", "null", '"google"', "{}"])
    def test_a_placeholder_offers_nobody(self, text: str) -> None:
        assert clients_from_text(text) == {}

    @pytest.mark.parametrize(
        "entry",
        [
            "secret",
            [],
            {},
            {"client_id": "ours"},
            {"client_secret": "secret"},
            {"client_id": "", "client_secret": "secret"},
            {"client_id": 7, "client_secret": "secret"},
            GOOGLE | {"token_endpoint": "http://accounts.example/token"},
            GOOGLE | {"token_endpoint": "http://localhost.evil.example/token"},
            GOOGLE | {"token_endpoint": "http://localhost:80@evil.example/token"},
            GOOGLE | {"token_endpoint": "file:///etc/passwd"},
            GOOGLE | {"jwks_uri": "https://"},
        ],
    )
    def test_one_wrong_entry_takes_no_other_along(self, entry: Any) -> None:
        assert offered(google=entry, github=GOOGLE) == ["github"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"private_key": "secret"},
            {"private_key": ECKey.generate_key("P-384").as_pem(private=True).decode()},
            {"private_key": ECKey.generate_key("P-256").as_pem(private=False).decode()},
            {"private_key": RSAKey.generate_key(2048).as_pem(private=True).decode()},
            {"team_id": ""},
            {"key_id": ""},
        ],
    )
    def test_apple_needs_a_private_key_on_p_256(self, changes: dict[str, str]) -> None:
        assert offered(apple=APPLE | changes) == []

    def test_a_secret_shows_in_no_log(self) -> None:
        (found,) = clients_from_text(json.dumps({"google": GOOGLE})).values()
        assert "secret" not in repr(found)
        assert "secret" not in f"{found}"


class TestReading:
    def test_endpoints_of_a_test_system(self) -> None:
        moved = GOOGLE | {"api": "https://github.example/api", "token_endpoint": "http://[::1]:9/t"}
        (found,) = clients_from_text(json.dumps({"github": moved})).values()
        assert found.provider.api == "https://github.example/api"
        assert found.provider.token_endpoint == "http://[::1]:9/t"
        assert found.provider.authorization_endpoint.startswith("https://github.com/")

    def test_what_the_local_target_is_told(self, providers: LocalProviders) -> None:
        found = clients_from_text(json.dumps(providers.told))
        assert list(found) == ["google", "facebook", "x", "github", "apple"]

    def test_is_kept_for_five_minutes(self, aws: None, clock: MovableClock) -> None:
        secrets = client("secretsmanager")
        secrets.create_secret(Name="clients", SecretString="{}")
        clients = Clients(lambda: secrets, "clients", clock=clock)
        assert clients.all() == []
        secrets.put_secret_value(SecretId="clients", SecretString=json.dumps({"google": GOOGLE}))
        clock.move(minutes=4, seconds=59)
        with pytest.raises(ProviderUnknown):
            clients.of("google")
        clock.move(seconds=1)
        assert clients.of("google").client_id == "ours"

    def test_a_secret_that_nobody_filled(self, aws: None, clock: MovableClock) -> None:
        client("secretsmanager").create_secret(Name="clients")
        assert Clients(lambda: client("secretsmanager"), "clients", clock=clock).all() == []
        assert Clients(lambda: client("secretsmanager"), "", clock=clock).all() == []
