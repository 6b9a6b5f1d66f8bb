"""What is refused as a picture, before it takes memory or time, and what none brings along."""

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
from PIL import Image

from socialflow.identity.profiles.pictures import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SCANS,
    MAX_SIDE,
    MIN_SIDE,
    NotAPicture,
    drawn,
)
from tests.unit.identity.drawing import (
    AVATAR,
    HIDDEN,
    encoded,
    quarters,
    shown,
)


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
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
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
