"""The identity API with the sign-in providers of this machine, and a page that uses both."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx import Response

from socialflow.identity.federation.models import s256
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Item, decode_image
from tests.unit.identity.wired import forget_wiring
from tests.unit.in_process import InProcess
from tests.unit.sign_in_providers import LocalProviders, Returned, visit

APP = "com.example.socialflow:/signed-in"


@dataclass
class Page:
    """A page or an app that signs people in: it keeps the verifier of what it begins."""

    api: InProcess
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    token: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def start(self, provider: str, **changes: Any) -> Response:
        body = {"challenge": s256(self.verifier), **changes}
        return self.api.post(f"/v1/auth/providers/{provider}/start", json=body, headers=self.bearer)

    def begin(self, provider: str, **changes: Any) -> str:
        """Where the browser is sent."""
        started = self.start(provider, **changes)
        assert started.status_code == 200, started.text
        url: str = started.json()["authorization_url"]
        return url

    def come_back(self, returned: Returned) -> tuple[str, dict[str, str]]:
        """Where the callback leads, and what stands in the fragment."""
        path = urlsplit(returned.url).path
        if returned.method == "GET":
            answer = self.api.get(f"{path}?{urlencode(returned.fields)}")
        else:
            form = {"content-type": "application/x-www-form-urlencoded"}
            answer = self.api.post(path, content=urlencode(returned.fields), headers=form)
        return landing(answer)

    def flow(self, provider: str, person: str, **changes: Any) -> str:
        """A flow as it comes back to the page."""
        _, told = self.come_back(visit(self.begin(provider, **changes), person=person))
        assert "flow" in told, told
        return told["flow"]

    def exchange(self, flow: str, **changes: str) -> Response:
        body = {"flow": flow, "verifier": self.verifier, **changes}
        return self.api.post("/v1/auth/providers/exchange", json=body, headers=self.bearer)

    def sign_in(self, provider: str, person: str, **changes: Any) -> Response:
        return self.exchange(self.flow(provider, person, **changes))

    def sign_up(self, needed: Response, handle: str, **changes: str) -> Response:
        assert needed.status_code == 202, needed.text
        body = {
            "signup_token": needed.json()["signup_token"],
            "handle": handle,
            "display_name": "New Person",
        } | changes
        return self.api.post("/v1/auth/providers/sign-up", json=body)

    def newcomer(self, provider: str, person: str, handle: str) -> Response:
        """Makes an account and goes on as its owner."""
        made = self.sign_up(self.sign_in(provider, person), handle)
        assert made.status_code == 201, made.text
        self.token = made.json()["access_token"]
        return made


def landing(answer: Response) -> tuple[str, dict[str, str]]:
    """Where a callback leads: the address, and what stands in its fragment."""
    assert answer.status_code == 303, answer.text
    address, _, fragment = answer.headers["location"].partition("#")
    return address, {name: value for name, (value,) in parse_qs(fragment).items()}


def table(prefix: str = "") -> list[Item]:
    """Everything in the identity table whose partition key begins so."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="identity")
    items = [decode_image(item) for page in pages for item in page["Items"]]
    return [item for item in items if item["pk"].startswith(prefix)]


def put_clients(told: Mapping[str, Any]) -> None:
    """What an operator puts into the secret; the next process reads it."""
    client("secretsmanager").put_secret_value(SecretId="clients", SecretString=json.dumps(told))
    forget_wiring()


@pytest.fixture
def page(
    api: InProcess, providers: LocalProviders, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    """A page, with every provider switched on."""
    client("secretsmanager").create_secret(Name="clients")
    monkeypatch.setenv("SF_OAUTH_CLIENTS_SECRET", "clients")
    monkeypatch.setenv("SF_APP_RETURN_URIS", f"{APP},com.example.other:/signed-in")
    put_clients(providers.told)
    yield Page(api)
    forget_wiring()
