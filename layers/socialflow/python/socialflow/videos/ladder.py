"""Which renditions a source gets: rungs by the shorter side, never above the source.

A rung's name (`720p`) is its shorter side, so a portrait phone video and a landscape one climb
the same ladder. Sizes are even (4:2:0 chroma) and keep the displayed aspect; the frame stays
inside what H.264 level 5.2 decodes (ITU-T H.264, table A-1: 36,864 macroblocks) and 4096 pixels
a side, as MediaConvert's AVC output does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from socialflow.videos.probe import MIN_FRAME_EDGE, SourceInfo

__all__ = [
    "MAX_FRAME_RATE",
    "PREVIEW_MIN_DURATION_MS",
    "PREVIEW_SHORT_SIDE",
    "SHORT_SIDES",
    "Rung",
    "fit_short_side",
    "ladder_for",
    "nominal_bitrate_bps",
    "output_frame_rate",
    "preview_rung_for",
    "wants_preview",
]

SHORT_SIDES = (240, 360, 480, 720, 1080, 1440, 2160)
PREVIEW_SHORT_SIDE = 360
PREVIEW_MIN_DURATION_MS = 60_000
"""Longer sources get a quick low rung first, so that they play while the ladder is made."""
MAX_FRAME_RATE = Fraction(60)
_MAX_LONG_SIDE = 4096
_MAX_MACROBLOCKS = 36_864
_HIGH_FRAME_RATE = Fraction(32)
_HIGH_FRAME_RATE_FACTOR = 1.5
_WIDESCREEN = Fraction(16, 9)

# Peak bits a second at 24 to 30 frames a second, 16:9. QVBR spends less on easy pictures.
_MAX_BITRATES_BPS = {
    240: 400_000,
    360: 800_000,
    480: 1_400_000,
    720: 3_200_000,
    1080: 6_000_000,
    1440: 11_000_000,
    2160: 20_000_000,
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One rendition: even pixels as displayed, peak bits a second."""

    width: int
    height: int
    max_bitrate_bps: int

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    @property
    def name(self) -> str:
        """`720p`: how manifests, keys and quality menus call this rung."""
        return f"{self.short_side}p"


def ladder_for(source: SourceInfo) -> tuple[Rung, ...]:
    """The rungs of `source`, lowest first; at least one, each no larger than the source.

    A source whose shorter side is under 240 gets one rung at its own size.
    """
    sizes = [
        fit_short_side(source, side)
        for side in SHORT_SIDES
        if side <= source.short_side and _decodable(*fit_short_side(source, side))
    ]
    if not sizes:
        sizes = [_fit_decodable(source)]
    return tuple(
        Rung(width, height, nominal_bitrate_bps(width, height, source.frame_rate))
        for width, height in sizes
    )


def preview_rung_for(source: SourceInfo) -> Rung:
    """The rung that is published first: the highest at or under 360, or the lowest there is."""
    rungs = ladder_for(source)
    low = [rung for rung in rungs if rung.short_side <= PREVIEW_SHORT_SIDE]
    return low[-1] if low else rungs[0]


def wants_preview(source: SourceInfo) -> bool:
    """Whether `source` is long enough for a quick first rendition to pay."""
    return source.duration_ms > PREVIEW_MIN_DURATION_MS


def output_frame_rate(source: SourceInfo) -> Fraction | None:
    """None: follow the source. A rate: the source is quicker than any rendition is."""
    return MAX_FRAME_RATE if source.frame_rate > MAX_FRAME_RATE else None


def fit_short_side(source: SourceInfo, short_side: int) -> tuple[int, int]:
    """`source` scaled to a shorter side of at most `short_side`: even, aspect kept, not enlarged.

    Each side is the nearest even number that the source is not smaller than, and at least the
    32 pixels MediaConvert needs.
    """
    return _scaled(source, Fraction(short_side, source.short_side))


def nominal_bitrate_bps(width: int, height: int, frame_rate: Fraction) -> int:
    """Peak bits a second of a rung of this size.

    The table is for 16:9; other shapes pay by area. Over 32 frames a second costs half as much
    again: neighbouring frames are more alike.
    """
    short_side = min(width, height)
    anchor = max((side for side in SHORT_SIDES if side <= short_side), default=SHORT_SIDES[0])
    area = Fraction(width * height) / (anchor * anchor * _WIDESCREEN)
    factor = _HIGH_FRAME_RATE_FACTOR if frame_rate > _HIGH_FRAME_RATE else 1.0
    bitrate = float(_MAX_BITRATES_BPS[anchor] * area) * factor
    return max(100_000, round(bitrate / 1000) * 1000)


def _fit_decodable(source: SourceInfo) -> tuple[int, int]:
    lowest = Fraction(SHORT_SIDES[0], source.short_side)
    return _scaled(source, min(lowest, Fraction(_MAX_LONG_SIDE, source.long_side)))


def _decodable(width: int, height: int) -> bool:
    macroblocks = -(-width // 16) * -(-height // 16)
    return max(width, height) <= _MAX_LONG_SIDE and macroblocks <= _MAX_MACROBLOCKS


def _scaled(source: SourceInfo, scale: Fraction) -> tuple[int, int]:
    scale = min(scale, Fraction(1))
    return _even(source.width, scale), _even(source.height, scale)


def _even(pixels: int, scale: Fraction) -> int:
    return max(MIN_FRAME_EDGE, min(round(pixels * scale / 2) * 2, pixels // 2 * 2))
