"""What this product is to each provider: the ids and secrets that an operator put into a secret.

    {"google": {"client_id": "…", "client_secret": "…"},
     "apple": {"client_id": "…", "team_id": "…", "key_id": "…", "private_key": "-----BEGIN …"}}

A provider without an entry is not offered. An entry that cannot be used is an operator's mistake:
it is logged, and that provider is not offered. `issuer`, `authorization_endpoint`,
`token_endpoint`, `revocation_endpoint`, `jwks_uri` and `api` may be named too, for a provider's
test system.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from socialflow.identity.federation.errors import ProviderUnknown
from socialflow.identity.federation.providers import PROVIDERS, ClientProof, Provider
from socialflow.platform.clock import Clock, utc_now
from socialflow.platform.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEEP: Final = timedelta(minutes=5)
_ENDPOINTS: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "jwks_uri",
    "api",
)
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """This product at one provider. `secret` is what proves it; Apple's is a PEM private key."""

    provider: Provider
    client_id: str
    secret: str
    team_id: str = ""
    key_id: str = ""

    def __repr__(self) -> str:
        return f"Client({self.provider.id}, {self.client_id!r})"


class ClientEntryInvalid(Exception):
    """An entry of the secret lacks something or holds what cannot be."""


class Clients:
    """The clients that are switched on, as the secret said at most five minutes ago.

    Without a `secret_id` there are none.
    """

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        secret_id: str,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._kept: tuple[dict[str, Client], datetime] | None = None

    def all(self) -> list[Client]:
        """Every client that is switched on, in the order of `PROVIDERS`."""
        return list(self._read().values())

    def of(self, provider_id: str) -> Client:
        """The client of a provider; raises `ProviderUnknown`."""
        found = self._read().get(provider_id)
        if found is None:
            raise ProviderUnknown(provider_id)
        return found

    def _read(self) -> dict[str, Client]:
        now = self._clock()
        if self._kept is None or now >= self._kept[1]:
            self._kept = clients_from_text(self._text()), now + KEEP
        return self._kept[0]

    def _text(self) -> str:
        if not self._secret_id:
            return ""
        client = self._client()
        try:
            return client.get_secret_value(SecretId=self._secret_id).get("SecretString", "")
        except client.exceptions.ResourceNotFoundException:
            # The secret is there and nobody has put anything into it.
            return ""


def clients_from_text(text: str) -> dict[str, Client]:
    """The clients in the secret's text; a text that is no JSON object has none."""
    try:
        document = json.loads(text) if text else {}
    except ValueError:
        document = {}
    found: dict[str, Client] = {}
    for provider in PROVIDERS.values() if isinstance(document, dict) else ():
        entry = document.get(provider.id)
        if entry is None:
            continue
        try:
            found[provider.id] = _client(provider, entry)
        except ClientEntryInvalid as error:
            logger().error(
                "sign-in provider not offered: its entry in the secret is wrong",
                extra={"provider": provider.id, "reason": str(error)},
            )
    return found


def _client(provider: Provider, entry: Any) -> Client:
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise ClientEntryInvalid("the entry is an object of texts")
    signed = provider.proof is ClientProof.SIGNED_SECRET
    needed = ("client_id", "private_key", "team_id", "key_id") if signed else ()
    for name in needed or ("client_id", "client_secret"):
        if not entry.get(name):
            raise ClientEntryInvalid(f"{name} is missing")
    if signed:
        _check_key(entry["private_key"])
    return Client(
        provider=_moved(provider, entry),
        client_id=entry["client_id"],
        secret=entry["private_key" if signed else "client_secret"],
        team_id=entry.get("team_id", ""),
        key_id=entry.get("key_id", ""),
    )


def _moved(provider: Provider, entry: Mapping[str, str]) -> Provider:
    """The provider at the endpoints that the entry names."""
    endpoints = {name: entry[name] for name in _ENDPOINTS if entry.get(name)}
    for name, url in endpoints.items():
        if not _is_secure(url):
            raise ClientEntryInvalid(f"{name} is no https address")
    issuers = (entry["issuer"],) if entry.get("issuer") else provider.issuers
    return replace(
        provider,
        issuers=issuers,
        authorization_endpoint=endpoints.get(
            "authorization_endpoint", provider.authorization_endpoint
        ),
        token_endpoint=endpoints.get("token_endpoint", provider.token_endpoint),
        revocation_endpoint=endpoints.get("revocation_endpoint", provider.revocation_endpoint),
        jwks_uri=endpoints.get("jwks_uri", provider.jwks_uri),
        api=endpoints.get("api", provider.api),
    )


def _is_secure(url: str) -> bool:
    """Whether secrets may go there: TLS, or this very machine (RFC 8252, 8.3)."""
    parts = urlsplit(url)
    if parts.username is not None or parts.fragment or not parts.hostname:
        return False
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def _check_key(pem: str) -> None:
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError) as error:
        raise ClientEntryInvalid("private_key is no PEM of an EC key") from error
    if key.curve_name != "P-256" or not key.is_private:
        raise ClientEntryInvalid("private_key is no private key on P-256")
