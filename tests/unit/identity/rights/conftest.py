"""Exports and deletions over moto, beside the rest of identity."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from socialflow.identity.models import User
from socialflow.identity.rights.archive import Archivist
from socialflow.identity.rights.deletions import Deletions, Settlement
from socialflow.identity.rights.exports import Exports
from socialflow.identity.rights.gathering import Gathering
from socialflow.identity.rights.repository import RightsRepository
from socialflow.identity.staff.audit import Actor
from socialflow.platform.aws import client
from socialflow.platform.dynamodb import Item
from socialflow.platform.records import Records, part_key, receipt_key
from tests.unit.doubles import CountedIds, MovableClock
from tests.unit.identity.world import World

BUCKET = "records"
CONTEXTS = frozenset({"chat", "identity"})


@dataclass
class RightsWorld:
    """Ann, and all that she may ask for."""

    identity: World
    ann: User
    clock: MovableClock
    records: Records
    rights: RightsRepository
    exports: Exports
    deletions: Deletions
    settlement: Settlement
    gathering: Gathering

    @property
    def actor(self) -> Actor:
        return Actor(id=self.ann.id, request_id="request-1", address="203.0.113.7")

    def hand_in(self, export_id: str, *contexts: str) -> list[str]:
        """Parts of an export arrive; what became of each."""
        became = []
        for context in contexts:
            sections = [("things", [{"of": context}])]
            self.records.write_part(self.ann.id, export_id, context, sections)
            became.append(self.gathering.written(part_key(self.ann.id, export_id, context)))
        return became

    def receipts(self, anonymous_id: str, number: int, *contexts: str) -> list[str]:
        """Contexts are done with a pass; what became of each receipt."""
        return [
            self.gathering.written(receipt_key(anonymous_id, number, each)) for each in contexts
        ]

    def begin(self) -> Item:
        """The deletion, its grace, and the beginning of the erasure."""
        self.deletions.request(self.ann.id, actor=self.actor)
        self.clock.move(days=30)
        assert self.settlement.run().begun == 1
        return self.case()

    def case(self) -> Item:
        (case,) = self.identity.items("ERASURE#")
        return case

    def acts(self) -> list[str]:
        audit = [item for item in self.identity.items("AUDIT#") if "export" in item["act"]]
        audit += [item for item in self.identity.items("AUDIT#") if "account." in item["act"]]
        return [item["act"] for item in audit]

    def mails(self) -> list[str]:
        items = self.identity.items(f"USER#{self.ann.id}")
        return [item["notice"] for item in items if item["kind"] == "mail"]


@pytest.fixture
def rights(world: World, clock: MovableClock, ids: CountedIds) -> RightsWorld:
    where = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)  # type: ignore[arg-type]
    ann = world.register_ann().user
    records = Records(lambda: client("s3"), BUCKET, clock=clock)
    repository = RightsRepository(world.table)
    return RightsWorld(
        identity=world,
        ann=ann,
        clock=clock,
        records=records,
        rights=repository,
        exports=Exports(repository, records=records, clock=clock, new_id=ids),
        deletions=Deletions(world.repository, clock=clock, new_id=ids),
        settlement=Settlement(world.repository, repository, clock=clock, new_id=ids),
        gathering=Gathering(
            world.repository,
            repository,
            Archivist(records),
            contexts=CONTEXTS,
            clock=clock,
            new_id=ids,
        ),
    )
