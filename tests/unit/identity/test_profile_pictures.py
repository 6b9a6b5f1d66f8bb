"""What is drawn of a picture: every size, the right way up, in its colours."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageCms
from PIL.Image import Transpose

from socialflow.identity.profiles.pictures import (
    SIZES,
    PictureKind,
    drawn,
)
from tests.unit.identity.drawing import (
    AVATAR,
    BANNER,
    BLUE,
    GREEN,
    HIDDEN,
    RED,
    WHITE,
    colours,
    converted,
    encoded,
    quarters,
    shown,
)


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
