"""Viewer tokens: what a player shows with each heartbeat, so that only who may watch is counted.

    vt1.<broadcast>.<viewer>.<expires>.<mac>

`mac` is HMAC-SHA256 over the rest, under a key derived from the playback signing key by a label
of its own: the function that gives out playback has that secret already, and neither use tells
anything of the other. Checking a token takes no read.

A viewer is `u` and the account's ULID, so a person counts once however many tabs are open, or `a`
and a random ULID, which a player that asks again may keep by showing its former token.
"""

from __future__ import annotations

import functools
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from socialflow.live.errors import ViewerTokenInvalid
from socialflow.live.models import BROADCAST_PREFIX
from socialflow.platform.clock import Clock
from socialflow.platform.ids import IdFactory
from socialflow.platform.principal import Principal

VERSION: Final = "vt1"
LIFE: Final = timedelta(hours=13)
MAX_CHARACTERS: Final = 200
_LABEL: Final = b"socialflow viewer tokens v1"
_TOKEN: Final = re.compile(
    rf"{VERSION}\.(?P<broadcast>[0-9A-Z]{{26}})\.(?P<viewer>[ua][0-9A-Z]{{26}})"
    r"\.(?P<expires>\d{1,12})\.(?P<mac>[\w-]{43})",
    re.ASCII,
)


class ViewerTokens:
    """Makes and checks viewer tokens. `secret` is called once, for the first of them."""

    def __init__(self, secret: Callable[[], bytes], *, new_id: IdFactory, clock: Clock) -> None:
        self._key = functools.cache(lambda: hmac.digest(secret(), _LABEL, "sha256"))
        self._new_id = new_id
        self._clock = clock

    def make(
        self, broadcast_id: str, viewer: Principal | None, *, former: str | None = None
    ) -> str:
        """A token for a broadcast; `former` keeps an anonymous viewer the same one."""
        name = self._name(broadcast_id, viewer, former)
        expires = int((self._clock() + LIFE).timestamp())
        _, _, ulid = broadcast_id.partition("_")
        body = f"{VERSION}.{ulid}.{name}.{expires}"
        return f"{body}.{self._mac(body)}"

    def viewer_of(self, token: str, broadcast_id: str) -> str:
        """Who shows a token; raises `ViewerTokenInvalid`."""
        matched = _TOKEN.fullmatch(token)
        if not matched:
            raise _invalid()
        body, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac, self._mac(body)):
            raise _invalid()
        if f"{BROADCAST_PREFIX}_{matched['broadcast']}" != broadcast_id:
            raise _invalid()
        if int(matched["expires"]) <= self._clock().timestamp():
            raise _invalid()
        return matched["viewer"]

    def _name(self, broadcast_id: str, viewer: Principal | None, former: str | None) -> str:
        if viewer:
            return "u" + viewer.user_id.partition("_")[2]
        if former:
            try:
                kept = self.viewer_of(former, broadcast_id)
            except ViewerTokenInvalid:
                kept = ""
            # Who has signed out is somebody else now.
            if kept.startswith("a"):
                return kept
        return "a" + self._new_id("viewer").partition("_")[2]

    def _mac(self, body: str) -> str:
        digest = hmac.digest(self._key(), body.encode(), "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _invalid() -> ViewerTokenInvalid:
    return ViewerTokenInvalid("This viewer token is not valid here; ask for playback again.")
