"""Who follows whom, and the rules that need no I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from socialflow.platform.principal import UserId
from socialflow.social.errors import FollowSelfRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """`follower_id` follows `followee_id` since `followed_at`."""

    follower_id: UserId
    followee_id: UserId
    followed_at: datetime


def check_follow(follower_id: UserId, followee_id: UserId) -> None:
    """Anybody may follow anybody else; raises `FollowSelfRefused`."""
    if follower_id == followee_id:
        raise FollowSelfRefused("You cannot follow yourself.")


def shard_of(user_id: str, shards: int) -> int:
    """A stable shard for a follower's place among the followers of somebody popular."""
    return hashlib.sha256(user_id.encode()).digest()[0] % shards
