"""Following, unfollowing, and who is followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from socialflow.identity.facade import Profile, UserDirectory
from socialflow.platform.clock import Clock
from socialflow.platform.principal import UserId
from socialflow.social.errors import PersonNotFound
from socialflow.social.models import Follow, check_follow
from socialflow.social.repository import FollowRepository


@dataclass(frozen=True, slots=True)
class FollowedPerson:
    """Somebody who is followed, and since when."""

    profile: Profile
    followed_at: datetime


@dataclass(frozen=True, slots=True)
class FollowedPage:
    """One page of people, and the position to go on from."""

    people: tuple[FollowedPerson, ...]
    next_position: str | None


class FollowService:
    """What a signed-in person does with follows of their own."""

    def __init__(
        self, follows: FollowRepository, *, directory: UserDirectory, clock: Clock
    ) -> None:
        self._follows = follows
        self._directory = directory
        self._clock = clock

    def follow(self, follower_id: UserId, handle: str) -> datetime:
        """Follows somebody; again changes nothing. Returns since when.

        Raises `PersonNotFound`, `FollowSelfRefused`.
        """
        followee_id = self._named(handle)
        check_follow(follower_id, followee_id)
        follow = Follow(follower_id=follower_id, followee_id=followee_id, followed_at=self._clock())
        return self._follows.add(follow).followed_at

    def unfollow(self, follower_id: UserId, handle: str) -> None:
        """Follows somebody no longer; again changes nothing. Raises `PersonNotFound`."""
        self._follows.remove(follower_id, self._named(handle))

    def followed_since(self, follower_id: UserId, handle: str) -> datetime | None:
        """Since when somebody is followed, None where not. Raises `PersonNotFound`."""
        found = self._follows.get(follower_id, self._named(handle), consistent=True)
        return found.followed_at if found else None

    def list_following(self, follower_id: UserId, *, after: str | None, limit: int) -> FollowedPage:
        """Whom somebody follows, newest first; those who are no longer there are left out."""
        page = self._follows.list_following(follower_id, after=after, limit=limit)
        profiles = self._directory.profiles([each.followee_id for each in page.follows])
        return FollowedPage(
            tuple(
                FollowedPerson(profiles[each.followee_id], each.followed_at)
                for each in page.follows
                if each.followee_id in profiles
            ),
            page.next_position,
        )

    def _named(self, handle: str) -> UserId:
        profile = self._directory.by_handle(handle)
        if profile is None:
            raise PersonNotFound(handle)
        return profile.id
