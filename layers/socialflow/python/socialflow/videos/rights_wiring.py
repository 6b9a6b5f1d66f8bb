"""Where a person's export and erasure meet the world; built on first use."""

from __future__ import annotations

import functools

from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import Eraser, OwnQueue
from socialflow.platform.records import Records
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
    return Eraser(
        erasure.plan(),
        records=records(),
        queue=OwnQueue(lambda: client("sqs"), setting("SF_ERASURE_QUEUE")),
    )


@functools.cache
def records() -> Records:
    return Records(lambda: client("s3"), setting("SF_RECORDS_BUCKET"))


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), setting("SF_VIDEOS_TABLE"))
