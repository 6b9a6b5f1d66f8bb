"""When a stream breaks a limit of IVS's: bitrate over a while, resolution at once."""

from __future__ import annotations

from typing import Any

from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.sequence_headers import VideoFormat

__all__ = ["BitrateWatch", "resolution_breach"]

_TICKS_OVER = 10


class BitrateWatch:
    """Says once that the rate stayed over the limit. A short peak is no breach."""

    def __init__(self, limit_bps: int) -> None:
        self._limit_bps = limit_bps
        self._ticks_over = 0

    def excess(self, bits_per_s: float) -> float:
        """Bits per second over the limit when it is time to tell, else 0."""
        over = bits_per_s - self._limit_bps
        self._ticks_over = self._ticks_over + 1 if over > 0 else 0
        return over if self._ticks_over == _TICKS_OVER else 0


def resolution_breach(
    video: VideoFormat | None, limits: IngestLimits | None = None
) -> dict[str, Any] | None:
    """The event's detail; None for a picture within the limits."""
    if video is None:
        return None
    limits = limits or IngestLimits()
    longer, shorter = max(video.width, video.height), min(video.width, video.height)
    for edge, limit in ((longer, limits.longer_edge), (shorter, limits.shorter_edge)):
        if edge > limit:
            return {
                "limit_name": "Ingest Resolution",
                "limit_value": limit,
                "exceeded_by": edge - limit,
                "limit_unit": "pixels per edge",
            }
    return None
