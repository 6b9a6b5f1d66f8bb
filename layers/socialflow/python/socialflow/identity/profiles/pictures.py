"""Pictures of profiles: whatever arrives is decoded, and only what was drawn from it goes on.

The bytes that are published are ours: no byte of the upload is among them, so neither metadata nor
a second file hidden in the first (a script, an archive, a page) comes through. Nothing is drawn
before the header says how large it is; an upload that would take more memory or time than any
photograph does is refused unread.

Pillow is imported where it is used: nobody but the function that draws needs it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES: Final = 8 * 1024**2
MIN_SIDE: Final = 64
MAX_SIDE: Final = 12_000
MAX_PIXELS: Final = 40_000_000
# A progressive JPEG is drawn anew with each scan. Encoders write about ten; 8 MiB hold thousands.
MAX_SCANS: Final = 64
# Beyond any camera's; the largest in use, for print, have some 2 MB.
MAX_PROFILE_BYTES: Final = 4 * 1024**2

_QUALITY: Final = 82
_ORIENTATION: Final = 0x0112
_START_OF_SCAN: Final = b"\xff\xda"
# Whatever these are called by a decoder: 16 bits (or more) of grey.
_DEEP: Final = ("I", "I;16", "I;16B", "I;16L")


class PictureKind(StrEnum):
    """What a picture is for."""

    AVATAR = "avatar"
    BANNER = "banner"


@dataclass(frozen=True, slots=True)
class Size:
    """One form in which a picture is published, and the name that it has there."""

    name: str
    width: int
    height: int


SIZES: Final[dict[PictureKind, tuple[Size, ...]]] = {
    PictureKind.AVATAR: (Size("512", 512, 512), Size("256", 256, 256), Size("64", 64, 64)),
    PictureKind.BANNER: (Size("1500", 1500, 500), Size("750", 750, 250)),
}


class NotAPicture(ValueError):
    """The bytes are no JPEG, PNG or WebP that could be drawn, or one out of all proportion.

    What it says is for the owner of the picture to read.
    """


def drawn(content: bytes, kind: PictureKind) -> dict[str, bytes]:
    """The picture in every size that its kind is published in, as WebP, by name of the size.

    The middle of it is kept, the right way up, in sRGB. Of what moves the first frame is taken.
    Raises `NotAPicture`.
    """
    largest, *smaller = SIZES[kind]
    picture = _fitted(content, largest)
    return {
        largest.name: _webp(picture),
        **{size.name: _webp(_scaled(picture, size)) for size in smaller},
    }


def _fitted(content: bytes, size: Size) -> Image:
    from PIL import Image, ImageCms, UnidentifiedImageError

    if len(content) > MAX_BYTES:
        raise NotAPicture(f"This file is too large: {MAX_BYTES // 1024**2} MiB at most.")
    if content.count(_START_OF_SCAN) > MAX_SCANS:
        raise NotAPicture("This picture is built in too many steps; save it in another program.")
    try:
        with warnings.catch_warnings():
            # Pillow warns of sizes beyond ours and of broken metadata: neither is for our log.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
                _check_size(picture)
                way_up = picture.getexif().get(_ORIENTATION, 1)
                on_its_side = way_up in (5, 6, 7, 8)
                wanted = (size.height, size.width) if on_its_side else (size.width, size.height)
                profile = picture.info.get("icc_profile")
                picture.draft(None, wanted)
                upright = _turned(_middle(_plain(picture), wanted), way_up)
                return _in_srgb(upright, profile)
    except NotAPicture:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, ImageCms.PyCMSError) as error:
        raise NotAPicture("This is no JPEG, PNG or WebP picture.") from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError) as error:
        # What Pillow's decoders raise for broken files; `SyntaxError` is theirs for a bad header.
        raise NotAPicture("This picture is damaged or cut short.") from error


def _check_size(picture: Image) -> None:
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise NotAPicture(f"This picture is too small: each side needs {MIN_SIDE} pixels.")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise NotAPicture(
            f"This picture is too large: {MAX_PIXELS // 10**6} megapixels at most, and {MAX_SIDE} "
            "pixels a side."
        )


def _plain(picture: Image) -> Image:
    """The picture in a mode that can be scaled: palettes, bits and 16-bit grey are not."""
    if picture.mode in _DEEP:
        # `convert` would cut everything above 255 off instead of scaling it.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        has_clear_colour = "transparency" in picture.info
        return picture.convert("RGBA") if has_clear_colour else picture
    clear = picture.mode in ("LA", "PA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if clear else "RGB")


def _middle(picture: Image, wanted: tuple[int, int]) -> Image:
    """The largest part around the middle that has the wanted proportions, scaled to the size."""
    from PIL.Image import Resampling

    width, height = picture.size
    scale = min(width / wanted[0], height / wanted[1])
    part = (wanted[0] * scale, wanted[1] * scale)
    left, top = (width - part[0]) / 2, (height - part[1]) / 2
    return picture.resize(
        wanted,
        Resampling.LANCZOS,
        box=(left, top, left + part[0], top + part[1]),
        reducing_gap=2.0,
    )


def _scaled(picture: Image, size: Size) -> Image:
    from PIL.Image import Resampling

    return picture.resize((size.width, size.height), Resampling.LANCZOS)


def _turned(picture: Image, way_up: object) -> Image:
    """The picture as its camera was held (Exif 2.32, 4.6.4, Orientation)."""
    from PIL.Image import Transpose

    turn = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return picture.transpose(turn[way_up]) if way_up in turn else picture


def _in_srgb(picture: Image, profile: object) -> Image:
    """The colours as they were meant. A profile that cannot be read is passed over."""
    from PIL import ImageCms

    plain = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MAX_PROFILE_BYTES:
        return plain
    opaque = picture.convert("RGB") if picture.mode == "RGBA" else picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        meant = ImageCms.profileToProfile(
            opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return plain
    if meant is None:
        return plain
    if picture.mode == "RGBA":
        meant.putalpha(picture.getchannel("A"))
    return meant


def _webp(picture: Image) -> bytes:
    written = io.BytesIO()
    # Pillow writes metadata of the source where it is not told otherwise.
    picture.save(written, "WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return written.getvalue()
