"""Where a person's export and erasure meet the world; built on first use."""

from __future__ import annotations

import functools

from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import Eraser
from socialflow.platform.rights_wiring import eraser_of
from socialflow.platform.settings import setting
from socialflow.videos.erasure import VideoErasure
from socialflow.videos.repository import VideoRepository
from socialflow.videos.rows import VideoRows
from socialflow.videos.takeout import Takeout
from socialflow.videos.viewers_repository import ViewerRepository


@functools.cache
def takeout() -> Takeout:
    return Takeout(_table())


@functools.cache
def eraser() -> Eraser:
    rows = VideoRows(_table(), clock=utc_now)
    erasure = VideoErasure(_table(), VideoRepository(rows), ViewerRepository(rows))
    return eraser_of(erasure.plan())


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), setting("SF_VIDEOS_TABLE"))
