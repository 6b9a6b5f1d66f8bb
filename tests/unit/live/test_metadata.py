"""What is left of a picture once everything told beside it is gone."""

from __future__ import annotations

import struct
import zlib

import pytest

from socialflow.live.metadata import without_metadata
from socialflow.live.pictures import picture_of

PLACE = b"GPS 48.2082 16.3738"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"data\xff\x00more\xff\xd0rest"
FRAME = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 360, 640, 3) + b"\x00" * 9
JFIF = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + b"\x00" * 9


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(way_up: int, order: str) -> bytes:
    name, sign = (b"II*\x00", "<") if order == "little" else (b"MM\x00*", ">")
    place = struct.pack(f"{sign}HHII", 0x8825, 4, 1, 90)
    orientation = struct.pack(f"{sign}HHIHH", 0x0112, 3, 1, way_up, 0)
    entries = struct.pack(f"{sign}IH", 8, 2) + orientation + place
    return segment(0xE1, b"Exif\x00\x00" + name + entries + b"\x00" * 4 + PLACE)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


class TestJpeg:
    @pytest.mark.parametrize("order", ["little", "big"])
    def test_loses_everything_but_the_way_up(self, order: str) -> None:
        told = segment(0xFE, PLACE) + segment(0xED, PLACE) + segment(0xE2, b"MPF\x00" + PLACE)
        whole = b"\xff\xd8" + JFIF + exif(6, order) + told + FRAME + SCAN + b"\xff\xd9"
        bare = without_metadata(whole + b"<script>" + PLACE)
        assert PLACE not in bare
        assert bare.endswith(SCAN + b"\xff\xd9")
        assert JFIF in bare
        assert bare.count(b"Exif") == 1
        assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in bare
        assert picture_of(bare) == picture_of(whole)

    def test_keeps_its_colours_and_every_scan(self) -> None:
        colours = segment(0xE2, b"ICC_PROFILE\x00\x01\x01profile") + segment(0xEE, b"Adobe...")
        tables = segment(0xC4, b"tables")
        whole = b"\xff\xd8" + colours + FRAME + SCAN + tables + SCAN + b"\xff\xd9"
        assert without_metadata(whole) == whole

    @pytest.mark.parametrize(
        "body", [b"Exif\x00\x00", b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", b"x"]
    )
    def test_with_a_note_that_says_nothing_loses_it(self, body: bytes) -> None:
        bare = without_metadata(b"\xff\xd8" + segment(0xE1, body) + FRAME + SCAN + b"\xff\xd9")
        assert bare == b"\xff\xd8" + FRAME + SCAN + b"\xff\xd9"


class TestPng:
    def test_loses_texts_and_what_stands_behind_its_end(self) -> None:
        start = b"\x89PNG\r\n\x1a\n" + chunk(
            b"IHDR", struct.pack(">II", 640, 360) + b"\x08\x02\0\0\0"
        )
        told = chunk(b"tEXt", PLACE) + chunk(b"eXIf", PLACE) + chunk(b"iTXt", PLACE)
        pixels = chunk(b"sRGB", b"\0") + chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
        bare = without_metadata(start + told + pixels + b"PK\x03\x04" + PLACE)
        assert bare == start + pixels
