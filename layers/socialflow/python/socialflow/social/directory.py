"""Who follows whom, for contexts that decide by it."""

from __future__ import annotations

from datetime import datetime

from socialflow.platform.principal import UserId
from socialflow.social.repository import FollowRepository


class FollowDirectory:
    """Read-only."""

    def __init__(self, follows: FollowRepository) -> None:
        self._follows = follows

    def followed_at(self, follower_id: UserId, followee_id: UserId) -> datetime | None:
        """Since when one person follows another; None where they do not. One read."""
        found = self._follows.get(follower_id, followee_id)
        return found.followed_at if found else None
