"""A table of counters in memory: what `RateLimiter` asks of one, a thousand times faster than moto.

It knows the conditions that counters use and nothing else; `test_rate_limits` holds it and moto's
table to the same behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from socialflow.platform.dynamodb import ConditionFailed, Item, Table, TransactionRefused, Write

_MISSING = re.compile(r"attribute_not_exists\(#(\w+)\)")
_COMPARED = re.compile(r"#(\w+) (<=|<) :(\w+)")


class CountingTable(Table):
    """Updates, deletions and transactions of them, on conditions."""

    def __init__(self) -> None:
        self.name = "counters"
        self.items: dict[tuple[str, str], Item] = {}

    def write(self, write: Write) -> Item:
        if not self._holds(write):
            raise ConditionFailed(self._item(write))
        return self._apply(write)

    def transact(self, writes: Sequence[Write], *, token: str | None = None) -> None:
        failed = [place for place, write in enumerate(writes) if not self._holds(write)]
        if failed:
            seen = {place: self._item(writes[place]) or {} for place in failed}
            raise TransactionRefused(failed, seen)
        for write in writes:
            self._apply(write)

    def _item(self, write: Write) -> Item | None:
        return self.items.get(_key(write))

    def _holds(self, write: Write) -> bool:
        item = self._item(write) or {}
        return not write.condition or any(
            self._term(term.strip().strip("()"), item, write)
            if not _MISSING.fullmatch(term.strip())
            else _MISSING.fullmatch(term.strip())[1] not in item  # type: ignore[index]
            for term in write.condition.split(" OR ")
        )

    @staticmethod
    def _term(term: str, item: Item, write: Write) -> bool:
        for comparison in term.split(" AND "):
            name, operator, value = _COMPARED.fullmatch(comparison).groups()  # type: ignore[union-attr]
            bound: Any = write.values[value]
            if name not in item:
                return False
            if not (item[name] < bound if operator == "<" else item[name] <= bound):
                return False
        return True

    def _apply(self, write: Write) -> Item:
        if write.delete:
            self.items.pop(_key(write), None)
            return {}
        item = self.items.setdefault(_key(write), dict(write.key or {}))
        item.update(write.set)
        for name, value in write.set_once.items():
            item.setdefault(name, value)
        for name, amount in write.add.items():
            item[name] = item.get(name, 0) + amount
        return dict(item)


def _key(write: Write) -> tuple[str, str]:
    assert write.key
    return write.key["pk"], write.key["sk"]
