"""Going through whole partitions, page by page: for exports and erasures, which want everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from socialflow.platform.dynamodb import Item, Table

PAGE: Final = 500


def every_item(
    table: Table, partition: str, *, index: str | None = None, prefix: str = "", page: int = PAGE
) -> Iterator[Item]:
    """Every item of a partition of the table, or of an index, in order of the sort key."""
    after: str | None = None
    while True:
        found = table.query(partition, index=index, prefix=prefix, after=after, limit=page)
        yield from found.items
        after = found.next_position
        if after is None:
            return


def first_items(
    table: Table, partition: str, limit: int, *, index: str | None = None, prefix: str = ""
) -> list[Item]:
    """The first `limit` items of a partition."""
    return table.query(partition, index=index, prefix=prefix, limit=limit).items


def key_of(item: Item) -> dict[str, str]:
    """The key by which an item is written."""
    return {"pk": item["pk"], "sk": item["sk"]}


def delete_first(
    table: Table, partition: str, limit: int, *, index: str | None = None, prefix: str = ""
) -> int:
    """Deletes the first `limit` items of a partition; returns how many it found.

    An index may still show what is gone; to delete it again does no harm.
    """
    found = first_items(table, partition, limit, index=index, prefix=prefix)
    table.delete_many([key_of(item) for item in found])
    return len(found)
