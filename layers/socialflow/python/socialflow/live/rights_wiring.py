"""Where a person's export and erasure meet the world; built on first use."""

from __future__ import annotations

import functools

from socialflow.live import settings
from socialflow.live.erasure import LiveErasure
from socialflow.live.ivs import Ivs
from socialflow.live.takeout import Takeout
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import Eraser
from socialflow.platform.rights_wiring import eraser_of


@functools.cache
def takeout() -> Takeout:
    return Takeout(_table())


@functools.cache
def eraser() -> Eraser:
    pictures = settings.PictureSettings.from_environment()
    erasure = LiveErasure(
        _table(),
        Ivs(lambda: client("ivs")),
        lambda: client("s3"),
        upload_bucket=pictures.upload_bucket,
        media_bucket=pictures.media_bucket,
        recording_bucket=settings.recording_bucket(),
        clock=utc_now,
    )
    return eraser_of(erasure.plan())


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), settings.live_table())
