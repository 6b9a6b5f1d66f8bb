"""Where a video plays: addresses, and signed cookies for what CloudFront protects.

Cookies follow CloudFront's custom policy (Developer Guide, "Set signed cookies using a custom
policy"): the policy and its RSA-SHA1 signature in CloudFront's own base64 (`+=/` become `-_~`).
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialflow.platform.clock import Clock
from socialflow.videos.models import MediaSet, Video, Zone
from socialflow.videos.paths import prefix_of, video_prefix

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

COOKIE_LIFE: Final = timedelta(hours=6)
_TO_CLOUDFRONT: Final = str.maketrans("+=/", "-_~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """Addresses of what can be played now; absolute where the stage has an origin."""

    hls_url: str
    dash_url: str | None
    poster_url: str | None
    storyboard_url: str | None


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set: valid below `path` for `max_age_seconds`.

    `secure` but where the origin itself is plain HTTP, where no client would send it back.
    """

    name: str
    value: str
    path: str
    max_age_seconds: int
    secure: bool


class PlaybackService:
    """Makes addresses and, for the protected zone, the cookies that open them."""

    def __init__(self, *, public_origin: str, signer: CookieSigner) -> None:
        self._origin = public_origin.rstrip("/")
        self._signer = signer

    def of(self, video: Video) -> Playback | None:
        """The addresses of the best set there is; None before there is any."""
        media = video.playable
        if media is None:
            return None
        return Playback(
            hls_url=self._url(video, media, media.hls),
            dash_url=self._url(video, media, media.dash) if media.dash else None,
            poster_url=self._url(video, media, media.poster) if media.poster else None,
            storyboard_url=self._url(video, media, media.storyboard) if media.storyboard else None,
        )

    def cookies_for(self, video: Video) -> tuple[Cookie, ...]:
        """Cookies for one who may watch; none where the media is public anyway."""
        media = video.playable
        if media is None or media.zone is Zone.PUBLIC:
            return ()
        path = "/" + video_prefix(Zone.PROTECTED, video.id)
        return self._signer.cookies(f"{self._origin or 'http*://*'}{path}*", path)

    def _url(self, video: Video, media: MediaSet, name: str) -> str:
        return f"{self._origin}/{prefix_of(video.id, media)}{name}"


class CookieSigner:
    """Signs policies with the key whose public half CloudFront trusts.

    `private_key_pem` is called once, when the first cookie is made.
    """

    def __init__(
        self, *, key_pair_id: str, private_key_pem: Callable[[], bytes], clock: Clock
    ) -> None:
        self._key_pair_id = key_pair_id
        self._load_key = functools.cache(lambda: _rsa_key(private_key_pem()))
        self._clock = clock

    def cookies(self, resource: str, path: str) -> tuple[Cookie, ...]:
        """The three cookies that open `resource` (an address with wildcards) below `path`."""
        expires = int((self._clock() + COOKIE_LIFE).timestamp())
        policy = json.dumps(
            {
                "Statement": [
                    {
                        "Resource": resource,
                        "Condition": {"DateLessThan": {"AWS:EpochTime": expires}},
                    }
                ]
            },
            separators=(",", ":"),
        ).encode()
        values = {
            "CloudFront-Policy": _encoded(policy),
            "CloudFront-Signature": _encoded(self._signature(policy)),
            "CloudFront-Key-Pair-Id": self._key_pair_id,
        }
        life = int(COOKIE_LIFE.total_seconds())
        return tuple(
            Cookie(name, value, path, life, secure=not resource.startswith("http://"))
            for name, value in values.items()
        )

    def _signature(self, policy: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA1

        # CloudFront verifies RSA-SHA1 and nothing else for RSA keys.
        return self._load_key().sign(policy, PKCS1v15(), SHA1())  # noqa: S303


def _rsa_key(pem: bytes) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("CloudFront's signing key must be RSA")
    return key


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode().translate(_TO_CLOUDFRONT)
