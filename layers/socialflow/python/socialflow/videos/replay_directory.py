"""Replays, for contexts that show something beside them in time."""

from __future__ import annotations

from dataclasses import dataclass

from socialflow.platform.principal import Principal, UserId
from socialflow.videos.access import VideoAccess
from socialflow.videos.errors import VideoNotFound
from socialflow.videos.replay import ReplaySession


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replay as it plays now: `sessions` say which moment of the day is where in it."""

    video_id: str
    owner_id: UserId
    broadcast_id: str
    sessions: tuple[ReplaySession, ...]


class ReplayDirectory:
    """Read-only."""

    def __init__(self, access: VideoAccess) -> None:
        self._access = access

    def for_viewer(self, viewer: Principal | None, video_id: str) -> Replay:
        """The replay, for one who may watch it; `VideoNotFound` for others and other videos.

        One read; a second one for somebody else's private replay.
        """
        video = self._access.visible(viewer, video_id)
        if video.replay is None or video.playable is None:
            raise VideoNotFound(video_id)
        return Replay(
            video_id=video.id,
            owner_id=video.owner_id,
            broadcast_id=video.replay.broadcast_id,
            sessions=video.replay.sessions,
        )
