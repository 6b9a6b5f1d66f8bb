"""A page in somebody's browser that signs in through the providers of this machine."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from socialflow.identity.federation.models import s256
from tests.functional.people import Device, nobody
from tests.unit.sign_in_providers import Returned, visit

PROVIDERS = "/v1/auth/providers"


@dataclass
class Page:
    """A page in somebody's browser."""

    device: Device
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def flow(self, provider: str, person: str, intent: str = "sign_in") -> str:
        body = {"challenge": s256(self.verifier), "intent": intent}
        started = self.device.post(f"{PROVIDERS}/{provider}/start", json=body)
        assert started.status_code == 200, started.text
        landed = self.come_back(visit(started.json()["authorization_url"], person=person))
        address, _, fragment = landed.headers["location"].partition("#")
        assert address == f"{self.device.origin}/signed-in"
        told = parse_qs(fragment)
        assert "flow" in told, fragment
        return told["flow"][0]

    def come_back(self, returned: Returned) -> httpx.Response:
        """The browser's own request, which no script sends: nobody's token is with it."""
        stranger = nobody(self.device.origin)
        path = urlsplit(returned.url).path
        assert returned.url == self.device.origin + path
        if returned.method == "GET":
            answer = stranger.get(f"{path}?{urlencode(returned.fields)}")
        else:
            # A form of the provider's page: another site's origin.
            headers = {"origin": "https://appleid.apple.com", "sec-fetch-site": "cross-site"}
            answer = stranger.post(path, data=dict(returned.fields), headers=headers)
        assert answer.status_code == 303, answer.text
        return answer

    def exchange(self, flow: str) -> httpx.Response:
        body = {"flow": flow, "verifier": self.verifier}
        return self.device.post(f"{PROVIDERS}/exchange", json=body)


def somebody() -> str:
    return f"made-up:{secrets.token_hex(6)}"


def handle() -> str:
    return f"p_{secrets.token_hex(6)}"
