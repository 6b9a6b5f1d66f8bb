"""Whatever arrives as a picture: what is drawn of it, and what never comes through."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.Image import Transpose

from socialflow.identity.profiles.pictures import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SCANS,
    MAX_SIDE,
    MIN_SIDE,
    SIZES,
    NotAPicture,
    PictureKind,
    drawn,
)

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


def png_of(width: int, height: int, data: bytes = b"", *, extra: bytes = b"") -> bytes:
    """A PNG that says to be so large, whatever its data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class TestRefusing:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\x00\x00\x00\x00WEBP",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\xef\xbb\xbf<svg/>",
            b"<!doctype html><script>alert(1)</script>",
            b"%PDF-1.7",
            b"%!PS-Adobe-3.0 EPSF-3.0",
            b"II*\x00" + bytes(64),
            b"BM" + bytes(64),
            b"\x00\x00\x01\x00" + bytes(64),
            b"\x00\x00\x00 ftypavif" + bytes(64),
            b"MZ" + bytes(64),
        ],
    )
    def test_what_is_no_picture_of_ours(self, content: bytes) -> None:
        with pytest.raises(NotAPicture) as refused:
            drawn(content, AVATAR)
        # It is shown to people.
        assert str(refused.value) in (
            "This is no JPEG, PNG or WebP picture.",
            "This picture is damaged or cut short.",
        )

    @pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PCX"])
    def test_forms_that_nobody_needs(self, form: str) -> None:
        with pytest.raises(NotAPicture):
            drawn(encoded(quarters(), form), AVATAR)

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_what_is_cut_short(self, form: str) -> None:
        whole = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), form)
        for length in (len(whole) // 10, len(whole) // 2, len(whole) * 9 // 10):
            with pytest.raises(NotAPicture):
                drawn(whole[:length], AVATAR)

    @pytest.mark.parametrize(
        ("width", "height"), [(MIN_SIDE - 1, 300), (300, 1), (MAX_SIDE + 1, MIN_SIDE)]
    )
    def test_sides_out_of_proportion(self, width: int, height: int) -> None:
        with pytest.raises(NotAPicture):
            drawn(encoded(Image.new("L", (width, height))), AVATAR)

    def test_too_many_bytes(self) -> None:
        with pytest.raises(NotAPicture):
            drawn(encoded(quarters()) + bytes(MAX_BYTES), AVATAR)

    @pytest.mark.parametrize(
        ("width", "height"),
        [(MAX_SIDE, MAX_PIXELS // MAX_SIDE + 1), (30_000, 30_000), (2**31 - 1, 2**31 - 1)],
    )
    def test_a_bomb_before_it_takes_memory(self, width: int, height: int) -> None:
        bomb = png_of(width, height, zlib.compress(bytes(4 * 1024**2)))
        tracemalloc.start()
        try:
            with pytest.raises(NotAPicture):
                drawn(bomb, AVATAR)
            assert tracemalloc.get_traced_memory()[1] < 16 * 1024**2
        finally:
            tracemalloc.stop()

    def test_text_that_swells_in_a_small_file(self) -> None:
        body = b"Comment\x00\x00" + zlib.compress(bytes(200 * 1024**2), 9)
        name = b"zTXt"
        chunk = struct.pack(">I", len(body)) + name + body
        chunk += struct.pack(">I", zlib.crc32(name + body))
        row = b"\x00" + bytes(3 * 100)
        with pytest.raises(NotAPicture):
            drawn(png_of(100, 100, zlib.compress(row * 100), extra=chunk), AVATAR)

    def test_more_scans_than_any_encoder_writes(self) -> None:
        whole = encoded(quarters(), "JPEG", progressive=True)
        scan = whole.rindex(b"\xff\xda")
        with pytest.raises(NotAPicture, match="too many steps"):
            drawn(whole[:-2] + whole[scan:-2] * MAX_SCANS + b"\xff\xd9", AVATAR)


class TestDrawing:
    @pytest.mark.parametrize("kind", list(PictureKind))
    def test_every_size_is_webp_of_that_size(self, kind: PictureKind) -> None:
        forms = drawn(encoded(quarters(1000, 700), "JPEG"), kind)
        assert list(forms) == [size.name for size in SIZES[kind]]
        for size in SIZES[kind]:
            picture = shown(forms, size.name)
            assert picture.format == "WEBP"
            assert picture.size == (size.width, size.height)
            assert len(forms[size.name]) < 200_000

    @pytest.mark.parametrize(("width", "height"), [(400, 400), (900, 300), (300, 900), (70, 64)])
    def test_the_middle_is_kept(self, width: int, height: int) -> None:
        assert colours(shown(drawn(encoded(quarters(width, height)), AVATAR))) == [
            RED,
            GREEN,
            BLUE,
            WHITE,
        ]

    @pytest.mark.parametrize("kind", [AVATAR, BANNER])
    @pytest.mark.parametrize("way_up", range(1, 9))
    def test_the_right_way_up(self, kind: PictureKind, way_up: int) -> None:
        undone = {
            1: None,
            2: Transpose.FLIP_LEFT_RIGHT,
            3: Transpose.ROTATE_180,
            4: Transpose.FLIP_TOP_BOTTOM,
            5: Transpose.TRANSPOSE,
            6: Transpose.ROTATE_90,
            7: Transpose.TRANSVERSE,
            8: Transpose.ROTATE_270,
        }[way_up]
        upright = quarters(1200, 400)
        stored = upright.transpose(undone) if undone is not None else upright
        exif = Image.Exif()
        exif[0x0112] = way_up
        forms = drawn(encoded(stored, "JPEG", exif=exif, quality=95), kind)
        assert colours(shown(forms, SIZES[kind][0].name)) == [RED, GREEN, BLUE, WHITE]

    @pytest.mark.parametrize(
        ("mode", "form"),
        [
            *[(mode, "PNG") for mode in ("RGB", "RGBA", "P", "L", "LA", "1")],
            *[(mode, "JPEG") for mode in ("RGB", "L")],
            *[(mode, "WEBP") for mode in ("RGB", "RGBA")],
        ],
    )
    def test_every_mode(self, mode: str, form: str) -> None:
        found = shown(drawn(encoded(converted(quarters(), mode), form), AVATAR))
        if mode in ("RGB", "RGBA", "P"):
            assert colours(found) == [RED, GREEN, BLUE, WHITE]
        else:
            dark: Any = found.convert("L").getpixel((128, 384))
            bright: Any = found.convert("L").getpixel((384, 384))
            assert dark < 60 < 200 < bright

    def test_cmyk(self) -> None:
        print_ready = encoded(quarters().convert("CMYK"), "JPEG", quality=95)
        assert colours(shown(drawn(print_ready, AVATAR))) == [RED, GREEN, BLUE, WHITE]

    def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off(self) -> None:
        picture = Image.new("I;16", (200, 200), 0x8000)
        middle: Any = shown(drawn(encoded(picture), AVATAR)).getpixel((256, 256))
        assert all(abs(value - 128) <= 2 for value in middle)

    def test_a_clear_colour_stays_clear(self) -> None:
        picture = converted(quarters(), "P")
        red: Any = picture.getpixel((10, 10))
        found = shown(drawn(encoded(picture, transparency=red), AVATAR))
        assert found.mode == "RGBA"
        corners: list[Any] = [found.getpixel((100, 100)), found.getpixel((400, 400))]
        assert [corner[3] for corner in corners] == [0, 255]

    @pytest.mark.parametrize("form", ["PNG", "WEBP"])
    def test_of_what_moves_the_first_frame(self, form: str) -> None:
        later = Image.new("RGB", (400, 400))
        moving = encoded(quarters(), form, save_all=True, append_images=[later] * 3, duration=50)
        found = shown(drawn(moving, AVATAR))
        assert colours(found) == [RED, GREEN, BLUE, WHITE]
        assert getattr(found, "n_frames", 1) == 1

    def test_colours_are_what_they_were_meant_to_be(self) -> None:
        # A profile whose red and blue are exchanged would show; sRGB's own changes nothing.
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        assert colours(shown(drawn(encoded(quarters(), icc_profile=profile), AVATAR))) == [
            RED,
            GREEN,
            BLUE,
            WHITE,
        ]

    @pytest.mark.parametrize("profile", [b"x", HIDDEN * 100, bytes(200)])
    def test_a_profile_that_cannot_be_read_is_passed_over(self, profile: bytes) -> None:
        found = shown(drawn(encoded(quarters(), "JPEG", icc_profile=profile), AVATAR))
        assert colours(found) == [RED, GREEN, BLUE, WHITE]


class TestWhatComesThrough:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_no_metadata(self, form: str) -> None:
        exif = Image.Exif()
        exif[0x010E] = HIDDEN.decode()
        exif.get_ifd(0x8825)[2] = (48.0, 12.0, 30.0)
        options: dict[str, Any] = {"exif": exif, "icc_profile": HIDDEN}
        if form == "JPEG":
            options |= {"comment": HIDDEN, "xmp": HIDDEN}
        if form == "WEBP":
            options |= {"xmp": HIDDEN}
        sent = encoded(quarters(), form, **options)
        assert HIDDEN in sent
        for published in drawn(sent, AVATAR).values():
            assert HIDDEN not in published
            assert not {b"EXIF", b"XMP ", b"ICCP"} & set(chunks_of(published))
            assert "exif" not in Image.open(io.BytesIO(published)).info

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("kind", ["script", "archive", "page"])
    def test_no_second_file(self, form: str, kind: str) -> None:
        hidden = {"script": HIDDEN, "archive": archive(), "page": b"<html>" + HIDDEN}[kind]
        for published in drawn(encoded(quarters(), form) + hidden, AVATAR).values():
            assert hidden not in published
            assert HIDDEN not in published
            assert not zipfile.is_zipfile(io.BytesIO(published))
            # It is one RIFF file from its first byte to its last.
            assert len(published) == 8 + int.from_bytes(published[4:8], "little")

    def test_no_page_that_begins_as_a_picture(self) -> None:
        comment = b"\xff\xfe" + struct.pack(">H", len(HIDDEN) + 6) + b"*/=1;" + HIDDEN[:-1] + b"/*"
        jpeg = encoded(quarters(), "JPEG")
        for published in drawn(jpeg[:2] + comment + jpeg[2:], AVATAR).values():
            assert b"alert" not in published

    @given(st.data())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def test_no_damage_does_more_than_be_refused(self, data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
        damaged = bytearray(encoded(quarters(80, 80), form))
        for _ in range(data.draw(st.integers(1, 6))):
            at = data.draw(st.integers(0, len(damaged) - 1))
            damaged[at] = data.draw(st.integers(0, 255))
        try:
            forms = drawn(bytes(damaged), AVATAR)
        except NotAPicture:
            return
        assert shown(forms).size == (512, 512)


def chunks_of(webp: bytes) -> list[bytes]:
    """The names of the chunks in a WebP (RFC 9649, 2.3)."""
    names, at = [], 12
    while at + 8 <= len(webp):
        names.append(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        opened.writestr("index.html", HIDDEN)
    return written.getvalue()
