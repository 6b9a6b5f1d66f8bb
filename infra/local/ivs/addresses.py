"""Where this server is found, as channels tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.local.ivs.records import Channel

__all__ = ["Addresses"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """`playback_origin` is scheme, host and port; ingest has a host alone, as on AWS."""

    playback_origin: str
    ingest_host: str = "localhost"

    def playback_url(self, channel: Channel) -> str:
        return f"{self.playback_origin}/playback/{channel.id}/master.m3u8"

    def channel(self, channel: Channel) -> dict[str, Any]:
        """As Channel of the API."""
        return channel.to_wire(self.playback_url(channel), self.ingest_host)
