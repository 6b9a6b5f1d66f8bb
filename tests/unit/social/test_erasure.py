"""Who leaves is followed by nobody and follows nobody; their export says who it was."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.identity.directory import UserDirectory
from socialflow.identity.repository import IdentityRepository
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.principal import UserId
from socialflow.social.erasure import erasure_plan
from socialflow.social.takeout import Takeout
from tests.unit.social.conftest import SocialWorld

MANY = 130


@pytest.fixture
def table(aws: None) -> Table:
    return Table(lambda: client("dynamodb"), "social")


def leaving(user_id: UserId) -> Leaving:
    return Leaving(user_id=user_id, handle="ann", anonymous_id=UserId("gone_1"), pass_number=1)


def sections(world: SocialWorld, table: Table, user_id: UserId) -> dict[str, list[Any]]:
    people = IdentityRepository(Table(lambda: client("dynamodb"), "identity"), new_id=world.ids)
    takeout = Takeout(table, directory=UserDirectory(people, clock=world.clock))
    return {name: list(items) for name, items in takeout.sections(user_id)}


def erase(plan: ErasurePlan, who: Leaving, limit: int) -> int:
    """Steps until there is nothing more; returns how often."""
    rounds = 0
    while plan.steps["follows"](who, limit):
        rounds += 1
    return rounds


def test_both_directions_go_in_slices(world: SocialWorld, table: Table) -> None:
    ann = world.person("ann")
    others = [world.person(f"person_{number}") for number in range(MANY)]
    for number, other in enumerate(others):
        world.follows.follow(other, "ann")
        world.follows.follow(other, "person_0") if number else None
        world.follows.follow(ann, f"person_{number}")
    plan, who = erasure_plan(table), leaving(ann)
    assert plan.left(who) > 0
    assert erase(plan, who, 40) > MANY * 2 // 40
    assert plan.left(who) == 0
    assert len(sections(world, table, others[0])["followers"]) == MANY - 1
    assert sections(world, table, ann) == {"following": [], "followers": []}


def test_an_export_names_people_as_they_are_called_now(world: SocialWorld, table: Table) -> None:
    ann, ben = world.person("ann"), world.person("ben")
    world.follows.follow(ann, "ben")
    world.follows.follow(ben, "ann")
    found = sections(world, table, ann)
    since = "2026-11-21T09:30:00.000Z"
    assert found == {
        "following": [{"user_id": ben, "handle": "ben", "since": since}],
        "followers": [{"user_id": ben, "handle": "ben", "since": since}],
    }


def test_an_export_names_nobody_who_has_left(world: SocialWorld, table: Table) -> None:
    ann, ben = world.person("ann"), world.person("ben")
    world.follows.follow(ann, "ben")
    client("dynamodb").delete_item(
        TableName="identity", Key={"pk": {"S": f"USER#{ben}"}, "sk": {"S": "USER"}}
    )
    (followed,) = sections(world, table, ann)["following"]
    assert followed["handle"] is None
