"""How the least that an operation could ask of DynamoDB is declared.

Written as what could be spared of what it does now, so that it stays right as rows grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Least:
    """What could be spared, and the reason for the rest (or for not sparing it).

    `together` are calls under way at the same time as another, so no trips of their own;
    `index_share` is a share of the units written to indexes.
    """

    trips: int = 0
    together: int = 0
    read: float = 0
    write: float = 0
    index_share: float = 0
    why: str


LIMIT: Final = "the limit counts what is refused as well, so it is a write of its own"
NAME: Final = "a name is identity's and kept a minute; here nobody's was at hand"
OWNER: Final = "the owner could be a condition of the write; the row is read to refuse by name"
