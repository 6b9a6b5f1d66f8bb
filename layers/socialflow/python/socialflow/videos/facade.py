"""What other contexts may use of videos, all of it read-only.

    facade.replays().for_viewer(principal, "vid_…")  -> Replay, or VideoNotFound

Needs `SF_VIDEOS_TABLE` and leave to get items of that table.
"""

from __future__ import annotations

from socialflow.videos.errors import VideoNotFound
from socialflow.videos.replay import ReplaySession
from socialflow.videos.replay_directory import Replay, ReplayDirectory

__all__ = ["Replay", "ReplayDirectory", "ReplaySession", "VideoNotFound", "replays"]


def replays() -> ReplayDirectory:
    """The process's directory of replays."""
    from socialflow.videos import facade_wiring

    return facade_wiring.replay_directory()
