"""What the audit log keeps of somebody who was erased."""

from __future__ import annotations

import pytest

from socialflow.identity.rights.audit_trail import AuditTrail
from socialflow.identity.staff.audit import (
    AUDIT_ID_PREFIX,
    SYSTEM,
    Actor,
    AuditEntry,
    audit_write,
)
from socialflow.platform.dynamodb import Item
from socialflow.platform.erasure import Leaving
from socialflow.platform.principal import UserId
from tests.unit.doubles import CountedIds
from tests.unit.identity.world import ANN, World

ADMIN = "usr_01JZ0000000000000000000009"


@pytest.fixture
def ann(world: World) -> UserId:
    return world.register(ANN).user.id


class TestMakingAnonymous:
    def made_anonymous(self, world: World, ann: UserId, actor: str) -> Item:
        entry = AuditEntry(
            id=CountedIds(world.clock)(AUDIT_ID_PREFIX),
            at=world.clock(),
            act="refresh_token.reused",
            actor=Actor(id=actor, request_id="request-1", address="203.0.113.9"),
            target=ann,
            before={"device": "phone"},
            after={"device": "curl"},
            reason="asked for",
        )
        world.table.write(audit_write(entry))
        gone = Leaving(user_id=ann, handle="ann", anonymous_id=UserId("gone_1"), pass_number=1)
        trail = AuditTrail(world.table)
        while trail.make_anonymous(gone, 10):
            pass
        assert trail.left(gone) == 0
        (item,) = [each for each in world.items("AUDIT#") if each["id"] == entry.id]
        assert ann not in repr(item)
        return item

    def test_forgets_where_a_person_was_acted_from(self, world: World, ann: UserId) -> None:
        item = self.made_anonymous(world, ann, ann)
        assert (item["actor"], item["target"]) == ("gone_1", "gone_1")
        assert (item["address"], item["request_id"]) == ("", "")

    def test_forgets_where_a_request_of_theirs_made_us_act(self, world: World, ann: UserId) -> None:
        item = self.made_anonymous(world, ann, SYSTEM)
        assert (item["actor"], item["target"]) == (SYSTEM, "gone_1")
        assert (item["address"], item["request_id"]) == ("", "")

    def test_keeps_what_another_did(self, world: World, ann: UserId) -> None:
        item = self.made_anonymous(world, ann, ADMIN)
        assert (item["actor"], item["target"]) == (ADMIN, "gone_1")
        assert (item["address"], item["request_id"]) == ("203.0.113.9", "request-1")
        assert (item["before"], item["after"]) == ({}, {})
