"""Pictures of four quarters, so that it can be told what became of them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from socialflow.identity.profiles.pictures import PictureKind

AVATAR, BANNER = PictureKind.AVATAR, PictureKind.BANNER
RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)
HIDDEN = b"<script>alert('hidden')</script>"


def encoded(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def quarters(width: int = 400, height: int = 400) -> Image.Image:
    """Red, green; blue, white: so that it can be told which way it is turned."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    picture.paste(WHITE, (width // 2, height // 2, width, height))
    return picture


def converted(picture: Image.Image, mode: str) -> Image.Image:
    """In another mode, each pixel by itself."""
    if mode == "P":
        return picture.quantize(8, dither=Image.Dither.NONE)
    return picture.convert(mode, dither=Image.Dither.NONE)


def shown(forms: dict[str, bytes], name: str = "512") -> Image.Image:
    picture = Image.open(io.BytesIO(forms[name]))
    picture.load()
    return picture


def colours(picture: Image.Image) -> list[tuple[int, ...]]:
    """What is in its four quarters, to the nearest of the four."""
    plain = picture.convert("RGB")
    width, height = plain.size
    found: list[tuple[int, ...]] = []
    for x, y in [(1, 1), (3, 1), (1, 3), (3, 3)]:
        seen: Any = plain.getpixel((width * x // 4, height * y // 4))
        near = min((RED, GREEN, BLUE, WHITE), key=lambda each: _distance(each, seen))
        assert _distance(near, seen) < 60, seen
        found.append(near)
    return found


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))
