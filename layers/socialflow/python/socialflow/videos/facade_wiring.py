"""Where the facade meets the world; built on first use.

Apart from `wiring`, so that another context's function imports and is told no more than it reads.
"""

from __future__ import annotations

import functools

from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.settings import setting
from socialflow.videos.access import VideoAccess
from socialflow.videos.replay_directory import ReplayDirectory
from socialflow.videos.repository import VideoRepository
from socialflow.videos.rows import VideoRows
from socialflow.videos.viewers_repository import ViewerRepository


@functools.cache
def replay_directory() -> ReplayDirectory:
    table = Table(lambda: client("dynamodb"), setting("SF_VIDEOS_TABLE"))
    rows = VideoRows(table, clock=utc_now)
    return ReplayDirectory(VideoAccess(VideoRepository(rows), ViewerRepository(rows)))
