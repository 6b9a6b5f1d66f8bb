"""Erasing a person from identity: all that the account left behind when it went.

A person's own partition goes whole, and whatever else says that it is theirs (`OF#<id>`), so that
nothing has to be listed here that some room of identity keeps. Before that, tokens that a provider
wants back are set aside under nobody's name, and are given back by another handler: no erasure
waits for a provider. The audit log stays: its entries go on under the anonymous id, without what
they said of the person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from socialflow.identity import keys
from socialflow.identity.federation.repository import FederationRepository
from socialflow.identity.federation.revocations import REVOCATION_ID_PREFIX, revocation_writes
from socialflow.identity.rights.audit_trail import AuditTrail
from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.ids import IdFactory
from socialflow.platform.partitions import delete_first, first_items
from socialflow.platform.records import DELETE_BATCH, delete_below

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Prefix = Callable[[str], str]


class IdentityErasure:
    """`places` are buckets of pictures and records, and what a person has below in each."""

    def __init__(
        self,
        table: Table,
        s3: Callable[[], S3Client],
        *,
        places: dict[str, Prefix],
        new_id: IdFactory,
    ) -> None:
        self._table = table
        self._links = FederationRepository(table)
        self._new_id = new_id
        self._s3 = s3
        self._places = places
        self._trail = AuditTrail(table)

    def plan(self) -> ErasurePlan:
        return ErasurePlan(
            context="identity",
            steps={
                "tokens": self._tokens,
                "items": self._items,
                "claims": self._claims,
                "audit_entries": self._trail.make_anonymous,
                "objects": self._objects,
            },
            left=self._left,
        )

    def _tokens(self, leaving: Leaving, _limit: int) -> int:
        """A step comes after those before it have found nothing, so no token goes unnoticed."""
        found = [each for each in self._links.linked(leaving.user_id) if each.sealed_token]
        for each in found:
            revocation = revocation_writes(each, id=self._new_id(REVOCATION_ID_PREFIX))
            self._links.set_aside(each, revocation)
        return len(found)

    def _items(self, leaving: Leaving, limit: int) -> int:
        return delete_first(self._table, keys.user_key(leaving.user_id)["pk"], limit)

    def _claims(self, leaving: Leaving, limit: int) -> int:
        """Handles, credentials, links: what has to lie where others look for it."""
        partition = keys.of_person(leaving.user_id, "")["gsi1pk"]
        return delete_first(self._table, partition, limit, index="gsi1")

    def _objects(self, leaving: Leaving, _limit: int) -> int:
        for bucket, prefix in self._places.items():
            below = prefix(leaving.user_id)
            if done := delete_below(self._s3(), bucket, below, limit=DELETE_BATCH):
                return done
        return 0

    def _left(self, leaving: Leaving) -> int:
        own = first_items(self._table, keys.user_key(leaving.user_id)["pk"], 1)
        partition = keys.of_person(leaving.user_id, "")["gsi1pk"]
        claims = first_items(self._table, partition, 1, index="gsi1")
        return len(own) + len(claims) + self._trail.left(leaving)
