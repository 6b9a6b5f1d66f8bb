"""One client of one of the local providers, as the application would be it."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from socialflow.identity.federation.models import s256
from tests.unit.sign_in_providers import ORIGIN, LocalProviders, Returned, visit

VERIFIER = "v" * 43
OPENID = ("google", "facebook", "apple")


@dataclass(frozen=True, slots=True)
class Asking:
    """The client and what it sends."""

    providers: LocalProviders
    name: str

    @property
    def told(self) -> dict[str, str]:
        return self.providers.told[self.name]

    @property
    def redirect_uri(self) -> str:
        return f"{ORIGIN}/v1/auth/providers/{self.name}/callback"

    def url(self, **changes: str | None) -> str:
        scopes = {"github": "read:user user:email", "x": "users.read tweet.read users.email"}
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.told["client_id"],
            "redirect_uri": self.redirect_uri,
            "scope": scopes.get(self.name, "openid email profile name"),
            "state": "the state",
            "nonce": "the nonce" if self.name in OPENID else None,
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            "response_mode": "form_post" if self.name == "apple" else None,
        }
        fields = {name: value for name, value in (asked | changes).items() if value is not None}
        return f"{self.told['authorization_endpoint']}?{urlencode(fields, quote_via=quote)}"

    def picked(self, person: str = "nora", **changes: str | None) -> Returned:
        return visit(self.url(**changes), person=person)

    def secret(self, **changes: Any) -> str:
        """What proves the client; Apple's is signed, with `changes` in its claims."""
        if self.name != "apple":
            return self.told["client_secret"]
        now = int(time.time())
        claims = {
            "iss": self.told["team_id"],
            "sub": self.told["client_id"],
            "aud": self.told["issuer"],
            "iat": now,
            "exp": now + 300,
        } | changes
        key = ECKey.import_key(self.told["private_key"])
        return jwt.encode({"alg": "ES256", "kid": self.told["key_id"]}, claims, key)

    def refresh(self, token: str) -> httpx.Response:
        """Asks for another access token with a refresh token."""
        return self._ask("token_endpoint", grant_type="refresh_token", refresh_token=token)

    def revoke(self, token: str, **changes: str) -> httpx.Response:
        """Gives a refresh token back."""
        asked = {"token": token, "token_type_hint": "refresh_token"} | changes
        return self._ask("revocation_endpoint", **asked)

    def _ask(self, endpoint: str, **fields: str) -> httpx.Response:
        proof = {"client_id": self.told["client_id"], "client_secret": self.secret()}
        return httpx.post(self.told[endpoint], data=proof | fields)

    def redeem(self, code: str, *, secret: str | None = None, **changes: str) -> httpx.Response:
        secret = secret or self.secret()
        fields = {
            "grant_type": "authorization_code",
            "client_id": self.told["client_id"],
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        } | changes
        headers = {"accept": "application/json"}
        if self.name == "x":
            pair = f"{self.told['client_id']}:{quote(secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields["client_secret"] = secret
        return httpx.post(self.told["token_endpoint"], data=fields, headers=headers)


def is_refused(answer: httpx.Response) -> bool:
    return "error" in answer.json() and "access_token" not in answer.json()
