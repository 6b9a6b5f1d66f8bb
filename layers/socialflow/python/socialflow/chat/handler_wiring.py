"""Where the services behind events meet the world; built on first use.

Apart from `wiring`, so that an event function imports nothing that only requests need.
"""

from __future__ import annotations

import functools
from datetime import timedelta

from socialflow.chat.announcements import Announcements, PollAlarms
from socialflow.chat.follow_ups import FollowUps
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.log_files import LogFiles
from socialflow.chat.log_repository import LogRepository
from socialflow.chat.poll_repository import PollRepository
from socialflow.chat.repository import RoomRepository
from socialflow.chat.rooms import RoomService
from socialflow.chat.settings import LogSettings, RoomSettings, chat_table, poll_queue
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.events import EventBus
from socialflow.platform.settings import PlatformSettings


@functools.cache
def event_bus() -> EventBus:
    return EventBus(lambda: client("events"), PlatformSettings.from_environment().event_bus)


@functools.cache
def rooms() -> RoomService:
    return RoomService(
        _rooms(),
        ivs_chat=_ivs_chat(),
        settings=RoomSettings.from_environment(),
        clock=utc_now,
    )


@functools.cache
def follow_ups() -> FollowUps:
    return FollowUps(_rooms(), ivs_chat=_ivs_chat(), clock=utc_now)


@functools.cache
def announcements() -> Announcements:
    return Announcements(
        PollRepository(_table(), _rooms()),
        _rooms(),
        ivs_chat=_ivs_chat(),
        alarms=PollAlarms(lambda: client("sqs"), poll_queue()),
        clock=utc_now,
    )


@functools.cache
def log_files() -> LogFiles:
    settings = LogSettings.from_environment()
    return LogFiles(
        lambda: client("s3"),
        settings.bucket,
        log=LogRepository(_table()),
        rooms=_rooms(),
        retention=timedelta(days=settings.retention_days),
    )


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), chat_table())


@functools.cache
def _rooms() -> RoomRepository:
    return RoomRepository(_table())


@functools.cache
def _ivs_chat() -> IvsChat:
    return IvsChat(lambda: client("ivschat"))
