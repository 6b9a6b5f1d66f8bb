"""What a person left in rooms of others: found by the indexes `BY` and `ABOUT`, erased or made
anonymous.

| kind      | by the person                 | about the person             |
|-----------|-------------------------------|------------------------------|
| MESSAGE   | deleted                       |                              |
| VOTE      | deleted; the count stays      |                              |
| ACT       | stays, by the anonymous id    | stays, about the anonymous id |
| BAN       | stays, by the anonymous id    | deleted                      |
| POLL      | stays, by the anonymous id    |                              |
| MODERATOR |                               | deleted, and counted off     |

What stays leaves the index with the same write, so it is not found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from socialflow.chat import keys
from socialflow.platform.dynamodb import (
    ConditionFailed,
    Item,
    Table,
    TransactionRefused,
    Write,
)
from socialflow.platform.erasure import Leaving
from socialflow.platform.partitions import first_items, key_of

# Which attribute of a kind that stays names the person.
NAMES_DOER: Final = {"ACT": "actor_id", "BAN": "banned_by", "POLL": "opened_by"}
NAMES_TARGET: Final = {"ACT": "target_id"}
_MODERATOR: Final = "MODERATOR"


class Traces:
    """One person's, in all rooms."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def erase_doings(self, leaving: Leaving, limit: int) -> int:
        """What the person did."""
        found = first_items(self._table, keys.by_partition(leaving.user_id), limit, index="gsi2")
        return self._erase(found, leaving, NAMES_DOER, keys.BY_KEYS)

    def erase_mentions(self, leaving: Leaving, limit: int) -> int:
        """What was done about the person."""
        found = first_items(self._table, keys.about_partition(leaving.user_id), limit, index="gsi1")
        return self._erase(found, leaving, NAMES_TARGET, keys.ABOUT_KEYS)

    def left(self, leaving: Leaving) -> int:
        by = first_items(self._table, keys.by_partition(leaving.user_id), 1, index="gsi2")
        about = first_items(self._table, keys.about_partition(leaving.user_id), 1, index="gsi1")
        return len(by) + len(about)

    def _erase(
        self,
        found: Sequence[Item],
        leaving: Leaving,
        names: Mapping[str, str],
        place: tuple[str, str],
    ) -> int:
        gone = []
        for item in found:
            kind = item[place[1]].partition("#")[0]
            if kind in names:
                self._make_anonymous(item, leaving, names[kind], place)
            elif kind == _MODERATOR:
                self._dismiss(item)
            else:
                gone.append(key_of(item))
        self._table.delete_many(gone)
        return len(found)

    def _make_anonymous(
        self, item: Item, leaving: Leaving, attribute: str, place: tuple[str, str]
    ) -> None:
        try:
            self._table.write(
                Write(
                    key=key_of(item),
                    set={attribute: leaving.anonymous_id},
                    # A poll is listed in its room by the other index, and stays there.
                    remove=place,
                    condition=f"#{attribute} = :left",
                    values={"left": leaving.user_id},
                )
            )
        except ConditionFailed:
            # Done already, or gone: the index was behind.
            return

    def _dismiss(self, item: Item) -> None:
        try:
            self._table.transact(
                [
                    Write(key=key_of(item), delete=True, condition="attribute_exists(pk)"),
                    Write(
                        key=keys.rules_key(item["pk"].partition("#")[2]),
                        add={"moderators": -1},
                        condition="attribute_exists(pk)",
                    ),
                ]
            )
        except TransactionRefused:
            # Dismissed already; or the room itself is being erased, and the office with it.
            self._table.write(Write(key=key_of(item), delete=True))
