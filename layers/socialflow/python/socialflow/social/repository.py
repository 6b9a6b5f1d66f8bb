"""Follows in DynamoDB: one item each, one conditional write a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from socialflow.platform.clock import from_rfc3339, to_rfc3339
from socialflow.platform.dynamodb import ConditionFailed, Table, Write
from socialflow.platform.principal import UserId
from socialflow.social import keys
from socialflow.social.models import Follow


@dataclass(frozen=True, slots=True)
class FollowPage:
    """One page of follows, and the position to go on from."""

    follows: tuple[Follow, ...]
    next_position: str | None


class FollowRepository:
    """The social table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, follow: Follow) -> Follow:
        """Keeps a follow; one that is there already stays as it is and is returned."""
        item = {
            **keys.follow_key(follow.follower_id, follow.followee_id),
            **keys.index_keys(follow),
            "follower_id": follow.follower_id,
            "followee_id": follow.followee_id,
            "followed_at": to_rfc3339(follow.followed_at),
        }
        try:
            self._table.write(Write(put=item, condition="attribute_not_exists(pk)"))
        except ConditionFailed as refused:
            return _follow(refused.item) if refused.item else follow
        return follow

    def remove(self, follower_id: UserId, followee_id: UserId) -> None:
        """Ends a follow; none there is fine."""
        self._table.write(Write(key=keys.follow_key(follower_id, followee_id), delete=True))

    def get(
        self, follower_id: UserId, followee_id: UserId, *, consistent: bool = False
    ) -> Follow | None:
        """The follow from one person to another, if there is one. One read."""
        item = self._table.get(keys.follow_key(follower_id, followee_id), consistent=consistent)
        return _follow(item) if item else None

    def list_following(self, follower_id: UserId, *, after: str | None, limit: int) -> FollowPage:
        """Whom somebody follows, newest first."""
        page = self._table.query(
            keys.following_partition(follower_id),
            index="gsi1",
            after=after,
            limit=limit,
            newest_first=True,
        )
        return FollowPage(tuple(_follow(item) for item in page.items), page.next_position)


def _follow(item: Mapping[str, Any]) -> Follow:
    return Follow(
        follower_id=UserId(item["follower_id"]),
        followee_id=UserId(item["followee_id"]),
        followed_at=from_rfc3339(item["followed_at"]),
    )
