"""A clock in the picture, made for reading by machine: sixteen white or black squares.

ffmpeg draws each frame's wall-clock time, in twentieths of a second modulo 2^16 (54 minutes), as
the frame leaves the camera; `read` takes it out of a screenshot of any size.
"""

from __future__ import annotations

import io
from typing import Final

import av

TICKS_A_SECOND: Final = 20
_BITS: Final = 16
_MODULUS: Final = 1 << _BITS
_WIDTH: Final = 1280
_HEIGHT: Final = 720
_SQUARE: Final = 64
_LEFT: Final = (_WIDTH - _BITS * _SQUARE) // 2
_TOP: Final = 300
_LIGHT: Final = 128
_MARGIN: Final = 40


class NoClock(Exception):
    """The picture shows no clock: not the stream, or too blurred to be read."""


def filters() -> str:
    """ffmpeg's filters that burn the clock into a picture of 1280x720."""
    ticks = f"mod(time(0)*{TICKS_A_SECOND}\\,{_MODULUS})"
    frame = (
        f"drawbox=x={_LEFT - _MARGIN}:y={_TOP - _MARGIN}:w={_BITS * _SQUARE + 2 * _MARGIN}"
        f":h={_SQUARE + 2 * _MARGIN}:color=black:t=fill"
    )
    squares = [
        f"drawbox=x={_LEFT + bit * _SQUARE}:y={_TOP}:w={_SQUARE}:h={_SQUARE}:color=white:t=fill"
        f":enable='mod(floor({ticks}/{1 << bit})\\,2)'"
        for bit in range(_BITS)
    ]
    return ",".join([frame, *squares])


def read(png: bytes) -> int:
    """The ticks that a screenshot of the whole picture shows. Raises `NoClock`."""
    with av.open(io.BytesIO(png), "r") as container:
        picture = next(container.decode(video=0)).reformat(format="gray")
    plane = picture.planes[0]
    pixels, line = bytes(plane), plane.line_size
    scale_x, scale_y = picture.width / _WIDTH, picture.height / _HEIGHT
    row = int((_TOP + _SQUARE / 2) * scale_y) * line
    if pixels[row + int((_LEFT - _MARGIN / 2) * scale_x)] > _LIGHT / 2:
        raise NoClock("the frame around the clock is not black")
    return sum(
        (pixels[row + int((_LEFT + (bit + 0.5) * _SQUARE) * scale_x)] > _LIGHT) << bit
        for bit in range(_BITS)
    )


def age_seconds(ticks: int, now: float) -> float:
    """How long before `now` (seconds since the epoch) the clock showed `ticks`."""
    return ((now * TICKS_A_SECOND - ticks) % _MODULUS) / TICKS_A_SECOND
