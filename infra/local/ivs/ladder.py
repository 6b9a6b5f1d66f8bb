"""Which rungs a stream gets: IVS's names and sizes, never above the source.

The size of a rung is that of the shorter side, so portrait streams get the same rungs on end.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Rung", "ladder_of", "rung_of_class"]

_SIZES = (1080, 720, 480, 360, 160)
_KBPS = {1080: 4_500, 720: 2_500, 480: 1_200, 360: 700, 160: 250}
_NEAREST = 0.85
_CLASSES = {
    "LOWEST_RESOLUTION": (0, 360),
    "SD": (360, 480),
    "HD": (480, 720),
    "FULL_HD": (720, 1080),
}
"""Of recording configurations: above the first, up to the second, by the shorter side."""


@dataclass(frozen=True, slots=True)
class Rung:
    """`kbps` is the most its picture takes; width and height are even."""

    name: str
    width: int
    height: int
    kbps: int

    @property
    def size(self) -> int:
        return min(self.width, self.height)


def ladder_of(
    width: int, height: int, frame_rate: int, *, top: int = 720, most: int = 3
) -> tuple[Rung, ...]:
    """Rungs from the best down. The first is the source's own size, or `top` where that is less."""
    source = min(width, height)
    first = max(2, min(source, top))
    sizes = [first, *(size for size in _SIZES if size <= first * _NEAREST)][:most]
    return tuple(_rung(size, width, height, source, frame_rate) for size in sizes)


def rung_of_class(rungs: tuple[Rung, ...], resolution: str) -> Rung:
    """The best rung of one of IVS's resolution classes, or the next below, or the lowest."""
    high = _CLASSES.get(resolution, (0, _SIZES[0]))[1]
    fitting = [rung for rung in rungs if rung.size <= high]
    return fitting[0] if fitting else rungs[-1]


def _rung(size: int, width: int, height: int, source: int, frame_rate: int) -> Rung:
    scale = size / source
    kbps = next((_KBPS[one] for one in reversed(_SIZES) if one >= size), _KBPS[_SIZES[0]])
    return Rung(f"{size}p{frame_rate}", _even(width * scale), _even(height * scale), kbps)


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))
