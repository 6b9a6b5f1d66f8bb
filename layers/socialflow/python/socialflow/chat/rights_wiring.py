"""Where a person's export and erasure meet the world; built on first use."""

from __future__ import annotations

import functools

from socialflow.chat.erasure import RoomErasure
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.settings import chat_table
from socialflow.chat.takeout import Takeout
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import Eraser
from socialflow.platform.rights_wiring import eraser_of
from socialflow.platform.settings import setting


@functools.cache
def takeout() -> Takeout:
    return Takeout(_table())


@functools.cache
def eraser() -> Eraser:
    rooms = RoomErasure(
        _table(),
        IvsChat(lambda: client("ivschat")),
        lambda: client("s3"),
        log_bucket=setting("SF_CHAT_LOG_BUCKET"),
        clock=utc_now,
    )
    return eraser_of(rooms.plan())


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), chat_table())
