"""Somebody signed in on any number of devices, through the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import time_machine
from httpx import Response

from socialflow.identity import wiring
from socialflow.identity.sessions.sessions import Device, SignedIn
from socialflow.platform.clock import utc_now
from tests.unit.identity.members import Member
from tests.unit.in_process import InProcess

PHONE = "SocialFlow/1.0 (phone)"
OWN_ORIGIN = "http://localhost:8080"
OUR_PAGE = {
    "X-Session-Transport": "cookie",
    "Origin": OWN_ORIGIN,
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": PHONE,
}
REFRESH_COOKIE = "__Secure-sf_refresh"
DEVICE_COOKIE = "__Secure-sf_device"


def sign_in(member: Member, *, device: str = PHONE, token: str | None = None) -> SignedIn:
    """One more session of somebody's, as every way of signing in ends."""
    return wiring.sessions().open(
        member.now(), method="password", device=Device(name=device, token=token)
    )


def call(api: InProcess, method: str, path: str, signed_in: SignedIn, **options: Any) -> Response:
    """A request with a session's access token."""
    headers = {"Authorization": f"Bearer {signed_in.access_token}", **options.pop("headers", {})}
    return api.request(method, path, headers=headers, **options)


def after(**time: float) -> Any:
    """The present moved on; for `with`."""
    return time_machine.travel(utc_now() + timedelta(**time), tick=False)


@dataclass(frozen=True)
class Cookie:
    """One `Set-Cookie` header, taken apart."""

    name: str
    value: str
    attributes: Mapping[str, str]


def cookies_of(response: Response) -> dict[str, Cookie]:
    """The cookies that an answer sets, by name."""
    found = {}
    for header in response.headers.get_list("set-cookie"):
        first, *rest = [part.strip() for part in header.split(";")]
        name, _, value = first.partition("=")
        pairs = (part.partition("=") for part in rest)
        found[name] = Cookie(name, value.strip('"'), {key.lower(): to for key, _, to in pairs})
    return found
