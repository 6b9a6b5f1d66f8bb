"""A provider that says whatever a test wants it to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from socialflow.identity.federation.clients import Client
from socialflow.identity.federation.http import Answered, NoAnswer, ProviderHttp
from socialflow.identity.federation.providers import PROVIDERS

KEY = RSAKey.generate_key(2048, {"use": "sig", "kid": "key-1"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"use": "sig", "kid": "key-2"}, private=True)
EC_KEY = ECKey.generate_key("P-256", {"use": "sig", "kid": "key-3"}, private=True)
APPLE_KEY = ECKey.generate_key("P-256", private=True)


def client_of(provider: str) -> Client:
    """Our client at a provider that is where it really is."""
    apple = provider == "apple"
    return Client(
        provider=PROVIDERS[provider],
        client_id=f"our-{provider}",
        secret=APPLE_KEY.as_pem(private=True).decode() if apple else "our:secret/=",
        team_id="TEAM123456" if apple else "",
        key_id="KEY1234567" if apple else "",
    )


class Pretending(ProviderHttp):
    """Answers by address, keeps what it was asked. An address without an answer does not answer."""

    def __init__(self, **answers: Answered | Exception) -> None:
        super().__init__()
        self.answers = dict(answers)
        self.asked: list[tuple[str, dict[str, str], Mapping[str, str]]] = []

    def says(self, url: str, body: Any, status: int = 200) -> None:
        self.answers[url] = Answered(status, json.loads(json.dumps(body)))

    def publishes(self, client: Client, *keys: RSAKey | ECKey | OctKey) -> None:
        """The provider's keys; only what is public of those that have such a half."""
        listed = [
            {**key.as_dict(private=isinstance(key, OctKey)), "kid": key.kid, "use": "sig"}
            for key in keys
        ]
        self.says(client.provider.jwks_uri, {"keys": listed})

    def _ask(self, method: str, url: str, body: str | None, headers: Mapping[str, str]) -> Answered:
        self.asked.append((url, dict(parse_qsl(body or "")), headers))
        answer = self.answers.get(url, NoAnswer("away"))
        if isinstance(answer, Exception):
            raise answer
        return answer


def signed(
    claims: Mapping[str, Any],
    *,
    key: Any = KEY,
    header: Mapping[str, Any] = {},
) -> str:
    """A token of these claims; `alg` and `kid` are the key's unless the header says otherwise."""
    algorithm = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
    full = {"alg": algorithm, "kid": key.kid, **header}
    return jwt.encode(full, dict(claims), key, algorithms=[full["alg"]])
