"""The social context over moto, with people in it and a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.principal import UserId
from socialflow.social.directory import FollowDirectory
from socialflow.social.follows import FollowService
from socialflow.social.repository import FollowRepository
from tests.unit.doubles import CountedCalls, CountedIds, MovableClock
from tests.unit.people import directory_of, put_person


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
        return put_person(handle, ids=self.ids, clock=self.clock).user_id


@pytest.fixture
def world(aws: None, clock: MovableClock, ids: CountedIds) -> SocialWorld:
    """Social, and nobody there."""
    calls = CountedCalls(client("dynamodb"))
    repository = FollowRepository(Table(lambda: calls, "social"))  # type: ignore[arg-type, return-value]
    return SocialWorld(
        clock=clock,
        calls=calls,
        follows=FollowService(repository, directory=directory_of(ids, clock), clock=clock),
        directory=FollowDirectory(repository),
        ids=ids,
    )
