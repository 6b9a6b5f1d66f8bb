"""Erasing a person from social: the follows of theirs, and those of them."""

from __future__ import annotations

from collections.abc import Iterator

from socialflow.platform.dynamodb import Table
from socialflow.platform.erasure import ErasurePlan, Leaving
from socialflow.platform.partitions import delete_first, first_items
from socialflow.social import keys


def erasure_plan(table: Table) -> ErasurePlan:
    """Both directions of the same items, found by the index of each."""

    def erase(leaving: Leaving, limit: int) -> int:
        for index, partition in _places(leaving):
            if done := delete_first(table, partition, limit, index=index):
                return done
        return 0

    def left(leaving: Leaving) -> int:
        return sum(
            len(first_items(table, partition, 1, index=index))
            for index, partition in _places(leaving)
        )

    return ErasurePlan(context="social", steps={"follows": erase}, left=left)


def _places(leaving: Leaving) -> Iterator[tuple[str, str]]:
    yield "gsi1", keys.following_partition(leaving.user_id)
    for shard in range(keys.FOLLOWER_SHARDS):
        yield "gsi2", keys.followers_partition(leaving.user_id, shard)
