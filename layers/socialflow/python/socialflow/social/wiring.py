"""Where social's services meet the world; each is built once, on first use."""

from __future__ import annotations

import functools

from socialflow.identity import facade as identity
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.dynamodb import Table
from socialflow.platform.rate_limits import RateLimiter
from socialflow.platform.settings import setting
from socialflow.social.directory import FollowDirectory
from socialflow.social.follows import FollowService
from socialflow.social.repository import FollowRepository


@functools.cache
def _table() -> Table:
    return Table(lambda: client("dynamodb"), setting("SF_SOCIAL_TABLE"))


@functools.cache
def rate_limiter() -> RateLimiter:
    return RateLimiter(_table(), clock=utc_now)


@functools.cache
def follows() -> FollowService:
    return FollowService(
        FollowRepository(_table()), directory=identity.user_directory(), clock=utc_now
    )


@functools.cache
def follow_directory() -> FollowDirectory:
    return FollowDirectory(FollowRepository(_table()))
