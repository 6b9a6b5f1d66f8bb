"""Where the services behind requests meet the world; each is built once, on first use."""

from __future__ import annotations

import functools
import secrets
from datetime import timedelta

from socialflow.chat.audit import AuditService
from socialflow.chat.bans import BanService
from socialflow.chat.entrance import Entrance
from socialflow.chat.house_rules import HouseRules
from socialflow.chat.ivs_chat import IvsChat
from socialflow.chat.log_repository import LogRepository
from socialflow.chat.message_log import ActivityService
from socialflow.chat.moderation import ModerationService
from socialflow.chat.moderators import ModeratorService
from socialflow.chat.poll_repository import PollRepository
from socialflow.chat.polls import PollService
from socialflow.chat.replay_chat import ReplayChatService
from socialflow.chat.repository import RoomRepository
from socialflow.chat.settings import ApiSettings
from socialflow.chat.tokens import TokenService
from socialflow.identity import facade as identity
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.idempotency import IdempotencyStore
from socialflow.platform.ids import id_factory
from socialflow.platform.rate_limits import RateLimiter
from socialflow.social import facade as social
from socialflow.videos import facade as videos

ANONYMOUS_NAME_BYTES = 9


@functools.cache
def idempotency() -> IdempotencyStore:
    return IdempotencyStore(_table(), new_id=id_factory(), clock=utc_now)


@functools.cache
def rate_limiter() -> RateLimiter:
    return RateLimiter(_table(), clock=utc_now)


def messaging_url() -> str:
    """Where clients connect to."""
    return _settings().messaging_url


@functools.cache
def tokens() -> TokenService:
    return TokenService(
        _entrance(),
        ivs_chat=IvsChat(lambda: client("ivschat")),
        follows=social.follows(),
        new_name=lambda: secrets.token_urlsafe(ANONYMOUS_NAME_BYTES),
        clock=utc_now,
    )


@functools.cache
def house_rules() -> HouseRules:
    return HouseRules(_entrance(), _rooms(), new_id=id_factory(), clock=utc_now)


@functools.cache
def moderation() -> ModerationService:
    return ModerationService(
        _entrance(),
        _rooms(),
        retention=timedelta(days=_settings().retention_days),
        new_id=id_factory(),
        clock=utc_now,
    )


@functools.cache
def bans() -> BanService:
    return BanService(
        _entrance(),
        _rooms(),
        directory=identity.user_directory(),
        new_id=id_factory(),
        clock=utc_now,
    )


@functools.cache
def moderators() -> ModeratorService:
    return ModeratorService(
        _entrance(),
        _rooms(),
        directory=identity.user_directory(),
        new_id=id_factory(),
        clock=utc_now,
    )


@functools.cache
def audit() -> AuditService:
    return AuditService(_entrance(), _rooms(), _log(), directory=identity.user_directory())


@functools.cache
def polls() -> PollService:
    return PollService(
        _entrance(), PollRepository(_table(), _rooms()), new_id=id_factory(), clock=utc_now
    )


@functools.cache
def replay_chat() -> ReplayChatService:
    return ReplayChatService(_log(), replays=videos.replays())


@functools.cache
def activity() -> ActivityService:
    return ActivityService(_entrance(), _log())


@functools.cache
def _settings() -> ApiSettings:
    return ApiSettings.from_environment()


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), _settings().chat_table)


@functools.cache
def _rooms() -> RoomRepository:
    return RoomRepository(_table())


@functools.cache
def _log() -> LogRepository:
    return LogRepository(_table())


@functools.cache
def _entrance() -> Entrance:
    return Entrance(_rooms(), directory=identity.user_directory(), clock=utc_now)
