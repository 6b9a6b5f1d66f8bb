"""How many different viewers there were, in 4 KB whatever their number.

Exactly up to `EXACT` viewers, as a sorted list of 64-bit hashes; beyond that by HyperLogLog with
2^12 registers (Flajolet et al., 2007), read by Ertl's estimator, which is without bias at any size
("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6): a standard
error of 1.04 / sqrt(4096) = 1.6 %. Adding is a union, so it is idempotent, commutative and
associative: viewers may be added twice, late, and in any order.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

EXACT: Final = 400
_PRECISION: Final = 12
_REGISTERS: Final = 1 << _PRECISION
_HASH_BITS: Final = 64
_HASH_BYTES: Final = 8
_REST_BITS: Final = _HASH_BITS - _PRECISION
_ALPHA: Final = 1 / (2 * math.log(2))
_LIST, _SKETCH = b"L", b"S"


@dataclass(frozen=True, slots=True)
class Uniques:
    """A set of viewers: exact (`hashes`) while it is small, then a sketch (`registers`)."""

    hashes: frozenset[int] = frozenset()
    registers: bytes = b""

    def with_viewers(self, viewers: Iterable[str]) -> Uniques:
        """The union with these viewers."""
        return self._with(frozenset(_hash(viewer) for viewer in viewers))

    def union(self, other: Uniques) -> Uniques:
        """The union of both."""
        joined = self._with(other.hashes)
        if not other.registers:
            return joined
        mine = joined.registers or _sketched(joined.hashes)
        pairs = zip(mine, other.registers, strict=True)
        return Uniques(registers=bytes(max(one, two) for one, two in pairs))

    def count(self) -> int:
        """How many there are, or about how many."""
        if not self.registers:
            return len(self.hashes)
        ranks = Counter(self.registers)
        total = _REGISTERS * _tau(1 - ranks[_REST_BITS + 1] / _REGISTERS)
        for rank in range(_REST_BITS, 0, -1):
            total = 0.5 * (total + ranks[rank])
        total += _REGISTERS * _sigma(ranks[0] / _REGISTERS)
        return round(_ALPHA * _REGISTERS**2 / total)

    def to_bytes(self) -> bytes:
        """As it is kept."""
        if self.registers:
            return _SKETCH + self.registers
        ordered = sorted(self.hashes)
        return _LIST + b"".join(each.to_bytes(_HASH_BYTES, "big") for each in ordered)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Uniques:
        """Reads what `to_bytes` wrote."""
        if kept[:1] == _SKETCH:
            return cls(registers=kept[1:])
        starts = range(1, len(kept), _HASH_BYTES)
        return cls(frozenset(int.from_bytes(kept[at : at + _HASH_BYTES], "big") for at in starts))

    def _with(self, hashes: frozenset[int]) -> Uniques:
        if not self.registers:
            together = self.hashes | hashes
            if len(together) <= EXACT:
                return Uniques(together)
            return Uniques(registers=_sketched(together))
        return Uniques(registers=_sketched(hashes, self.registers))


def _sketched(hashes: Iterable[int], registers: bytes = b"") -> bytes:
    ranks = bytearray(registers or bytes(_REGISTERS))
    for each in hashes:
        place = each >> _REST_BITS
        rest = each & ((1 << _REST_BITS) - 1)
        ranks[place] = max(ranks[place], _REST_BITS - rest.bit_length() + 1)
    return bytes(ranks)


def _sigma(share: float) -> float:
    """What the registers that are still empty stand for; `share` is below 1 here."""
    power, factor, total, before = share, 1.0, share, -1.0
    while total != before:
        power, before = power * power, total
        total += power * factor
        factor *= 2
    return total


def _tau(share: float) -> float:
    """What the registers that are full stand for."""
    if share in (0.0, 1.0):
        return 0.0
    root, factor, total, before = share, 1.0, 1 - share, -1.0
    while total != before:
        root, before = math.sqrt(root), total
        factor *= 0.5
        total -= (1 - root) ** 2 * factor
    return total / 3


def _hash(viewer: str) -> int:
    return int.from_bytes(hashlib.sha256(viewer.encode()).digest()[:_HASH_BYTES], "big")
