"""What is a picture and what only says so."""

from __future__ import annotations

import struct

import pytest

from socialflow.live.pictures import MAX_SIDE, MIN_SIDE, NotAPicture, picture_of


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"rest"


def jpeg(width: int, height: int, *, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3)
    return b"\xff\xd8" + before + frame + b"\x00" * 9


JFIF = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + b"\x00" * 9


class TestPictures:
    def test_png(self) -> None:
        picture = picture_of(png(640, 360))
        assert (picture.content_type, picture.width, picture.height) == ("image/png", 640, 360)

    @pytest.mark.parametrize("before", [b"", JFIF, b"\xff\xff" + JFIF[1:], b"\xff\x01" + JFIF])
    def test_jpeg(self, before: bytes) -> None:
        picture = picture_of(jpeg(640, 360, before=before))
        assert (picture.content_type, picture.width, picture.height) == ("image/jpeg", 640, 360)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\x89PNG\r\n\x1a\n",
            b"\x89PNG\r\n\x1a\n" + b"x" * 40,
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe0\x00\x00" * 3,
            b"\xff\xd8" + JFIF,
            b"\xff\xd8" + JFIF + b"stray bytes",
            png(MIN_SIDE - 1, 360),
            png(640, MAX_SIDE + 1),
            jpeg(0, 0),
        ],
    )
    def test_nothing_else(self, content: bytes) -> None:
        with pytest.raises(NotAPicture):
            picture_of(content)

    def test_no_prefix_of_one_breaks_it(self) -> None:
        whole = jpeg(640, 360, before=JFIF)
        for length in range(len(whole) - 12):
            with pytest.raises(NotAPicture):
                picture_of(whole[:length])
