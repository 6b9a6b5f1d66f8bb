"""Bodies of the social routes."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from api.people import Person
from socialflow.social.follows import FollowedPerson


class FollowState(BaseModel):
    """Whether the caller follows somebody, and since when."""

    following: bool
    followed_at: datetime | None

    @classmethod
    def since(cls, followed_at: datetime | None) -> FollowState:
        return cls(following=followed_at is not None, followed_at=followed_at)


class Followed(BaseModel):
    """Somebody whom the caller follows."""

    person: Person
    followed_at: datetime

    @classmethod
    def of(cls, followed: FollowedPerson) -> Followed:
        return cls(person=Person.of(followed.profile), followed_at=followed.followed_at)


class FollowingList(BaseModel):
    """One page of the people whom the caller follows."""

    items: list[Followed]
    next_cursor: str | None
