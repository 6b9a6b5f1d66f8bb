"""Playback tokens of private channels: ES384 JWTs that an imported playback key verifies.

Claims and rules: IVS user guide, "Generate and Sign IVS Playback Tokens".
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from infra.local.ivs.records import PlaybackKey

__all__ = ["PlaybackTokens", "TokenRefused", "Viewing"]

_SHORT_LIVED_S = 600
_LONGEST_TOKEN = 8_192
_MOST_ORIGINS = 5
_MOST_USED = 50_000
_RESOLUTIONS = ("SD", "HD", "FULL_HD")


class TokenRefused(Exception):
    """Answered with 403; the reason is told, the token never."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """What a token grants. `origins` are held against every request where it is strict."""

    origins: tuple[str, ...] = ()
    strict: bool = False
    resolution: str = ""

    def check_origin(self, origin: str | None) -> None:
        """Raises `TokenRefused`. Only strict tokens need an Origin at all."""
        if not self.origins or (origin is None and not self.strict):
            return
        if not any(fnmatch.fnmatchcase(origin or "", allowed) for allowed in self.origins):
            raise TokenRefused("the origin is not allowed")


class PlaybackTokens:
    """`keys` are asked for at each check, so a deleted key refuses at once."""

    def __init__(
        self, keys: Callable[[], Iterable[PlaybackKey]], clock: Callable[[], float]
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._parsed: dict[str, ECKey] = {}
        self._used: dict[str, float] = {}

    def check(self, token: str | None, channel_arn: str, origin: str | None) -> Viewing:
        """Raises `TokenRefused`. A single-use token is used up by this."""
        if not token:
            raise TokenRefused("a token is needed")
        claims = self._verified(token)
        if claims.get("aws:channel-arn") != channel_arn:
            raise TokenRefused("the token is for another channel")
        expires_at = self._expiry(claims)
        viewing = _viewing(claims)
        viewing.check_origin(origin)
        self._use(claims.get("aws:single-use-uuid"), expires_at)
        return viewing

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST_TOKEN:
            raise TokenRefused("the token is too long")
        for key in self._keys():
            try:
                decoded = jwt.decode(token, self._key(key), algorithms=["ES384"])
            except (JoseError, ValueError):
                continue
            return decoded.claims
        raise TokenRefused("no playback key verifies the token")

    def _key(self, key: PlaybackKey) -> ECKey:
        if key.arn not in self._parsed:
            self._parsed[key.arn] = ECKey.import_key(key.public_key)
        return self._parsed[key.arn]

    def _expiry(self, claims: dict[str, Any]) -> float:
        expires_at = claims.get("exp")
        if isinstance(expires_at, bool) or not isinstance(expires_at, int):
            raise TokenRefused("exp must be a whole number of seconds")
        now = self._clock()
        if expires_at <= now:
            raise TokenRefused("the token is expired")
        short = "aws:single-use-uuid" in claims or "aws:viewer-id" in claims
        if short and expires_at > now + _SHORT_LIVED_S:
            raise TokenRefused("exp is more than ten minutes ahead")
        return float(expires_at)

    def _use(self, single_use: object, expires_at: float) -> None:
        if single_use is None:
            return
        if not isinstance(single_use, str) or single_use in self._used:
            raise TokenRefused("the token was used")
        if len(self._used) >= _MOST_USED:
            now = self._clock()
            self._used = {one: end for one, end in self._used.items() if end > now}
        if len(self._used) >= _MOST_USED:
            raise TokenRefused("too many tokens of single use")
        self._used[single_use] = expires_at


def _viewing(claims: dict[str, Any]) -> Viewing:
    origins = claims.get("aws:access-control-allow-origin", "")
    strict = claims.get("aws:strict-origin-enforcement", False)
    resolution = claims.get("aws:maximum-resolution", "")
    viewer = claims.get("aws:viewer-id", "")
    if not isinstance(origins, str) or not isinstance(strict, bool):
        raise TokenRefused("the claims of origins are malformed")
    if not isinstance(viewer, str) or len(viewer) > 40:
        raise TokenRefused("aws:viewer-id has at most 40 characters")
    if resolution and resolution not in _RESOLUTIONS:
        raise TokenRefused("aws:maximum-resolution is not known")
    allowed = tuple(one.strip() for one in origins.split(",") if one.strip())
    if strict and len(allowed) > _MOST_ORIGINS:
        raise TokenRefused(f"at most {_MOST_ORIGINS} origins with strict enforcement")
    return Viewing(() if "*" in allowed else allowed, strict, resolution)
