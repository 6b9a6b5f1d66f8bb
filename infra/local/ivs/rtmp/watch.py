"""The deadlines of a session.

Time in which the session works (the publication holds it back, a publish is being decided) is
not the encoder's; only while the session waits for bytes can the encoder be late.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.local.ivs.rtmp.limits import IngestLimits
from infra.local.ivs.rtmp.publisher import Ended, EndReason

__all__ = ["Watch"]


class Watch:
    """One session's. `clock` counts seconds and never goes back."""

    def __init__(self, limits: IngestLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._began = self._shaken = self._heard = self._media = clock()
        self._published: float | None = None
        self._shook = False
        self.waiting = True
        """Whether it is the encoder's turn."""

    @property
    def pause_s(self) -> float:
        """How often to look."""
        limits = self._limits
        return min(1.0, min(limits.idle_s, limits.handshake_s, limits.publish_s) / 4)

    def shook_hands(self) -> None:
        self._shook, self._shaken = True, self._clock()

    def published(self) -> None:
        self._published = self._heard = self._media = self._clock()

    def waits(self) -> None:
        self.waiting, self._heard = True, self._clock()

    def works(self) -> None:
        self.waiting, self._heard = False, self._clock()

    def took_media(self) -> None:
        self._media = self._clock()

    def overdue(self, stream_ms: int) -> Ended | None:
        """What ends the session now, if anything. `stream_ms` is its own time so far."""
        now, limits = self._clock(), self._limits
        if self._published is not None:
            longest = max(now - self._published, stream_ms / 1000)
            if longest > limits.session_s:
                return Ended(EndReason.TOO_LONG, f"A stream lasts {limits.session_s:g} s at most.")
        if not self.waiting:
            return None
        if not self._shook:
            return _late(now - self._began, limits.handshake_s, "handshake")
        if self._published is None:
            return _late(now - self._shaken, limits.publish_s, "publish")
        if now - min(self._heard, self._media) > limits.idle_s:
            return Ended(EndReason.IDLE, f"No media for {limits.idle_s:g} s.")
        return None


def _late(waited_s: float, limit_s: float, what: str) -> Ended | None:
    if waited_s <= limit_s:
        return None
    return Ended(EndReason.IDLE, f"No {what} within {limit_s:g} s.")
