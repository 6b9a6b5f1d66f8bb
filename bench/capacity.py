"""What DynamoDB charges for a call on demand, from the sizes of the items that it touches.

The rules are those of the Developer Guide: "DynamoDB item sizes and formats", "DynamoDB read and
write operations" and, for indexes, "Write operations and global secondary indexes". The local
engine's own figures are not used: it leaves sizes out of reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

READ_UNIT_BYTES: Final = 4096
WRITE_UNIT_BYTES: Final = 1024
EVENTUAL: Final = 0.5
TRANSACTED: Final = 2
CONTAINER_BYTES: Final = 3

Item = Mapping[str, Any]
"""An item in DynamoDB's JSON."""


@dataclass(frozen=True, slots=True)
class Units:
    """Read and write request units. `write` includes `index`, which went to indexes."""

    read: float = 0
    write: float = 0
    index: float = 0

    def __add__(self, other: Units) -> Units:
        return Units(self.read + other.read, self.write + other.write, self.index + other.index)


def item_bytes(item: Item) -> int:
    """The size of an item: its attributes' names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def get_units(item: Item | None, *, consistent: bool) -> Units:
    """One item read by its key; one that is not there costs as much as a small one."""
    return Units(read=_read_units(item_bytes(item or {})) * (1 if consistent else EVENTUAL))


def query_units(items: Sequence[Item], *, consistent: bool) -> Units:
    """A query is charged for the sum of what it reads, not item by item."""
    size = sum(map(item_bytes, items))
    return Units(read=_read_units(size) * (1 if consistent else EVENTUAL))


def write_units(
    before: Item | None, after: Item | None, *, indexes: Sequence[str], transacted: bool = False
) -> Units:
    """One item written or deleted; where a condition refused it, `after` equals `before`.

    `indexes` project all attributes, and item `<index>pk` and `<index>sk` are their keys.
    """
    larger = max(item_bytes(before or {}), item_bytes(after or {}))
    factor = TRANSACTED if transacted else 1
    index = sum(_index_writes(before or {}, after or {}, name) for name in indexes)
    return Units(write=_write_units(larger) * factor + index, index=index)


def _index_writes(before: Item, after: Item, index: str) -> int:
    """Nothing where the entry stays as it is; a delete and a put where its key changes."""
    was, now = _entry_key(before, index), _entry_key(after, index)
    if was == now:
        changed = was is not None and before != after
        return _write_units(max(item_bytes(before), item_bytes(after))) if changed else 0
    removed = _write_units(item_bytes(before)) if was else 0
    added = _write_units(item_bytes(after)) if now else 0
    return removed + added


def _entry_key(item: Item, index: str) -> tuple[Any, Any] | None:
    key = item.get(f"{index}pk"), item.get(f"{index}sk")
    return None if None in key else key


def _read_units(size_bytes: int) -> int:
    return max(1, -(-size_bytes // READ_UNIT_BYTES))


def _write_units(size_bytes: int) -> int:
    return max(1, -(-size_bytes // WRITE_UNIT_BYTES))


def _value_bytes(value: Mapping[str, Any]) -> int:
    kind: str
    content: Any
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            # "Approximately": a byte for two significant digits, and one.
            digits = str(content).lstrip("-").replace(".", "").strip("0")
            return -(-len(digits) // 2) + 1 + str(content).startswith("-")
        case "B":
            return len(bytes(content))
        case "BOOL" | "NULL":
            return 1
        case "M":
            return CONTAINER_BYTES + len(content) + item_bytes(content)
        case "L":
            return CONTAINER_BYTES + len(content) + sum(map(_value_bytes, content))
        case "SS" | "BS":
            return sum(len(each) for each in content)
        case "NS":
            return sum(_value_bytes({"N": each}) for each in content)
    raise TypeError(f"unknown DynamoDB type {kind}")
