"""The social context over moto, with people in it and a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from socialflow.identity.directory import UserDirectory
from socialflow.identity.models import Profile, User
from socialflow.identity.records import handle_item, user_item
from socialflow.identity.repository import IdentityRepository
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table, Write
from socialflow.platform.principal import UserId
from socialflow.social.directory import FollowDirectory
from socialflow.social.follows import FollowService
from socialflow.social.repository import FollowRepository
from tests.unit.doubles import CountedCalls, CountedIds, MovableClock


@dataclass
class SocialWorld:
    """Everything of social, and what it asked of its table."""

    clock: MovableClock
    calls: CountedCalls
    follows: FollowService
    directory: FollowDirectory
    ids: CountedIds

    def person(self, handle: str) -> UserId:
        """An account."""
        profile = Profile(id=UserId(self.ids("usr")), handle=handle, display_name=handle.title())
        user = User(
            id=profile.id,
            email=f"{handle}@example.com",
            handle=handle,
            display_name=profile.display_name,
            created_at=self.clock(),
        )
        table = Table(lambda: client("dynamodb"), "identity")
        table.write(Write(put=user_item(user)))
        table.write(Write(put=handle_item(profile)))
        return profile.id


@pytest.fixture
def world(aws: None, clock: MovableClock, ids: CountedIds) -> SocialWorld:
    """Social, and nobody there."""
    calls = CountedCalls(client("dynamodb"))
    repository = FollowRepository(Table(lambda: calls, "social"))  # type: ignore[arg-type, return-value]
    people = IdentityRepository(Table(lambda: client("dynamodb"), "identity"), new_id=ids)
    return SocialWorld(
        clock=clock,
        calls=calls,
        follows=FollowService(
            repository, directory=UserDirectory(people, clock=clock), clock=clock
        ),
        directory=FollowDirectory(repository),
        ids=ids,
    )
