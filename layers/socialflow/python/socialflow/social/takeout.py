"""What social knows of a person, for their export: whom they follow and who follows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from socialflow.identity.facade import UserDirectory
from socialflow.platform.dynamodb import Item, Table
from socialflow.platform.partitions import every_item
from socialflow.platform.principal import UserId
from socialflow.platform.records import Section
from socialflow.social import keys

NAMED_AT_ONCE: Final = 100


class Takeout:
    """Reads page by page; people are named as they are called now, by the hundred."""

    def __init__(self, table: Table, *, directory: UserDirectory) -> None:
        self._table = table
        self._directory = directory

    def sections(self, user_id: UserId) -> Iterator[Section]:
        yield "following", self._named(self._following(user_id), "followee_id")
        yield "followers", self._named(self._followers(user_id), "follower_id")

    def _following(self, user_id: UserId) -> Iterator[Item]:
        return every_item(self._table, keys.following_partition(user_id), index="gsi1")

    def _followers(self, user_id: UserId) -> Iterator[Item]:
        for shard in range(keys.FOLLOWER_SHARDS):
            yield from every_item(
                self._table, keys.followers_partition(user_id, shard), index="gsi2"
            )

    def _named(self, follows: Iterator[Item], whom: str) -> Iterable[dict[str, Any]]:
        while batch := list(islice(follows, NAMED_AT_ONCE)):
            people = self._directory.profiles([UserId(each[whom]) for each in batch])
            for each in batch:
                person = people.get(UserId(each[whom]))
                yield {
                    "user_id": each[whom],
                    "handle": person.handle if person else None,
                    "since": each["followed_at"],
                }
