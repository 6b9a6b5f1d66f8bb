"""Who watches: a session for each master playlist that was given out.

Its id is the only way to a stream's media, so it is secret, as the paths of IVS are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.ivs.ids import Ids
from infra.local.ivs.playback_tokens import Viewing

__all__ = ["TooManyViewers", "Viewer", "Viewers"]


class TooManyViewers(Exception):
    """The server holds as many as it may."""


@dataclass(slots=True)
class Viewer:
    """`seen_at` is when a playlist was asked for last."""

    stream_id: str
    viewing: Viewing
    seen_at: float
    began: bool = False


class Viewers:
    """Belongs to the event loop.

    Those who stopped asking are forgotten after `kept_s`, and at once when there is no more room.
    """

    def __init__(
        self, ids: Ids, clock: Callable[[], float], *, counted_s: float, most: int, kept_s: float
    ) -> None:
        self._ids = ids
        self._clock = clock
        self._counted_s = counted_s
        self._most = most
        self._kept_s = kept_s
        self._viewers: dict[str, Viewer] = {}

    def add(self, stream_id: str, viewing: Viewing) -> str:
        """The new viewer's id. Raises `TooManyViewers`."""
        if len(self._viewers) >= self._most:
            self._forget(self._counted_s)
        if len(self._viewers) >= self._most:
            raise TooManyViewers(f"at most {self._most}")
        viewer_id = self._ids.viewer_id()
        self._viewers[viewer_id] = Viewer(stream_id, viewing, self._clock())
        return viewer_id

    def find(self, viewer_id: str, stream_id: str) -> Viewer | None:
        found = self._viewers.get(viewer_id)
        return found if found and found.stream_id == stream_id else None

    def saw_playlist(self, viewer: Viewer) -> None:
        viewer.began = True
        viewer.seen_at = self._clock()

    def count(self, stream_id: str) -> int:
        """Who asked for a media playlist lately."""
        since = self._clock() - self._counted_s
        return sum(
            viewer.stream_id == stream_id and viewer.began and viewer.seen_at >= since
            for viewer in self._viewers.values()
        )

    def forget_idle(self) -> None:
        self._forget(self._kept_s)

    def _forget(self, idle_s: float) -> None:
        since = self._clock() - idle_s
        self._viewers = {
            viewer_id: viewer
            for viewer_id, viewer in self._viewers.items()
            if viewer.seen_at >= since
        }
