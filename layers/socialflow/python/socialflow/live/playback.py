"""Where a broadcast plays, for those who may watch it.

All IVS channels of this product are private ones: each viewer gets an address with a token that
IVS checks. The token is a JWT, signed ES384 with the key whose public half IVS has ("Generate and
sign playback tokens", Amazon IVS User Guide). It starts playback; what plays goes on after it.
"""

from __future__ import annotations

import functools
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialflow.live.catalog import LiveCatalog
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.errors import BroadcastNotLive
from socialflow.live.models import State, state_at
from socialflow.live.viewer_tokens import ViewerTokens
from socialflow.platform.clock import Clock
from socialflow.platform.principal import Principal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

# It is for the channel, so it would also start what comes after this broadcast, private or not.
TOKEN_LIFE: Final = timedelta(minutes=1)
HEARTBEAT_SECONDS: Final = 15
_COORDINATE_BYTES: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlayback:
    """An address that starts playing until `expires_at`, and the token to be counted with."""

    url: str
    expires_at: datetime
    viewer_token: str
    heartbeat_seconds: int = HEARTBEAT_SECONDS


class LivePlaybackService:
    """Gives out playback. Two reads (the broadcast, its channel), no write."""

    def __init__(
        self,
        catalog: LiveCatalog,
        channels: ChannelRepository,
        *,
        signer: PlaybackSigner,
        viewers: ViewerTokens,
        window: timedelta,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._channels = channels
        self._signer = signer
        self._viewers = viewers
        self._window = window
        self._clock = clock

    def give(
        self, viewer: Principal | None, broadcast_id: str, *, former: str | None = None
    ) -> LivePlayback:
        """What a player needs. Raises `BroadcastNotFound`, `BroadcastNotLive`.

        While the encoder is away, there is the end of what it sent to play.
        """
        broadcast = self._catalog.visible(viewer, broadcast_id)
        now = self._clock()
        state = state_at(broadcast, now, self._window)
        channel = self._channels.get(broadcast.channel_id)
        if state not in (State.LIVE, State.ENDING) or channel is None or channel.ivs is None:
            raise BroadcastNotLive(
                "There is nothing to play now.", broadcast_id=broadcast_id, state=str(state)
            )
        token = self._viewers.make(broadcast_id, viewer, former=former)
        expires_at = (now + TOKEN_LIFE).replace(microsecond=0)
        claims = {
            "aws:channel-arn": channel.ivs.arn,
            "exp": int(expires_at.timestamp()),
        }
        url = f"{channel.ivs.playback_url}?token={self._signer.sign(claims)}"
        return LivePlayback(url=url, expires_at=expires_at, viewer_token=token)


class PlaybackSigner:
    """Signs playback tokens; the key is loaded for the first of them.

    By hand rather than through a JOSE library, whose import would be the larger part of a cold
    start: a JWS signature is the two coordinates, big-endian, one after the other (RFC 7518, 3.4).
    """

    def __init__(self, private_key_pem: Callable[[], bytes]) -> None:
        self._load_key = functools.cache(lambda: _p384_key(private_key_pem()))

    def sign(self, claims: dict[str, Any]) -> str:
        """The JWT of these claims."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA384

        signed = f"{_encoded({'alg': 'ES384', 'typ': 'JWT'})}.{_encoded(claims)}"
        r, s = decode_dss_signature(self._load_key().sign(signed.encode(), ECDSA(SHA384())))
        raw = r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")
        return f"{signed}.{_base64(raw)}"


def _p384_key(pem: bytes) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP384R1):
        raise TypeError("IVS's playback key must be P-384")
    return key


def _encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
