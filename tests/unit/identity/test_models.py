"""What people may call themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.identity.errors import (
    DisplayNameInvalid,
    EmailInvalid,
    HandleInvalid,
    HandleReserved,
)
from socialflow.identity.models import clean_display_name, normal_email, normal_handle
from socialflow.identity.sessions.models import clean_device


class TestEmail:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "ann@example",
            "ann@.com",
            "ann@example..com",
            "ann@-example.com",
            "ann@example-.com",
            "ann@example.123",
            "ann@127.0.0.1",
            "ann@[127.0.0.1]",
            ".ann@example.com",
            "ann.@example.com",
            "a..nn@example.com",
            "an n@example.com",
            "ann@exa mple.com",
            "ann@@example.com",
            "ann@ex@example.com",
            '"ann"@example.com',
            "ann@example.com\r\nBcc: all@example.com",
            "ann\x00@example.com",
            "ann\u2028@example.com",
            "ann\u200b@example.com",
            "\ud800@example.com",
            "a" * 65 + "@example.com",
            "ann@" + "a" * 64 + ".com",
            "ann@" + "a." * 130 + "com",
            "é" * 33 + "@example.com",
            "x" * 5_000_000,
        ],
    )
    def test_refuses_what_mail_cannot_reach(self, text: str) -> None:
        with pytest.raises(EmailInvalid):
            normal_email(text)

    @pytest.mark.parametrize(
        ("text", "normal"),
        [
            ("ann@example.com", "ann@example.com"),
            (" Ann.B+tag@Example.COM ", "ann.b+tag@example.com"),
            ("ann@sub.example.co.uk", "ann@sub.example.co.uk"),
            ("JOSE\u0301@example.com", "josé@example.com"),
            ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
            ("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"),
            ("用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"),
        ],
    )
    def test_brings_spellings_of_one_address_together(self, text: str, normal: str) -> None:
        assert normal_email(text) == normal

    @given(st.text(max_size=40).map(lambda local: f"{local}@example.com"))
    def test_is_stable_whatever_the_text(self, text: str) -> None:
        try:
            once = normal_email(text)
        except EmailInvalid:
            return
        assert normal_email(once) == once
        assert once.isprintable()


class TestHandle:
    @pytest.mark.parametrize(
        "text",
        ["", "an", "a" * 31, "an n", "ann-b", "ann.b", "añn", "\u0430nn", "\uff41nn", "ann!"],
    )
    def test_refuses_other_characters_and_lengths(self, text: str) -> None:
        with pytest.raises(HandleInvalid):
            normal_handle(text)

    @pytest.mark.parametrize("text", ["admin", "Admin", "SUPPORT", "socialflow", "mod", "login"])
    def test_refuses_reserved_names(self, text: str) -> None:
        with pytest.raises(HandleReserved):
            normal_handle(text)

    def test_ignores_case(self) -> None:
        assert normal_handle("Ann_B_42") == "ann_b_42"


class TestDisplayName:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "   ",
            "a" * 51,
            "a\x00b",
            "a\nb",
            "a\x7fb",
            "a\u202eb",
            "a\u2066b",
            "a\u2028b",
            "a\ud800b",
            "a\ue000b",
            "\u0301\u0301",
        ],
    )
    def test_refuses_what_cannot_be_shown_on_one_line(self, text: str) -> None:
        with pytest.raises(DisplayNameInvalid):
            clean_display_name(text)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            (" Ann Example ", "Ann Example"),
            ("Jose\u0301", "José"),
            ("👩‍🚀 Ann", "👩‍🚀 Ann"),
            ("محمد", "محمد"),
            ("李小龍", "李小龍"),
            ("<b>Ann</b>", "<b>Ann</b>"),
        ],
    )
    def test_keeps_names_of_all_scripts(self, text: str, shown: str) -> None:
        assert clean_display_name(text) == shown


class TestDevice:
    def test_is_printable_and_bounded(self) -> None:
        assert clean_device("Phone\r\nX: y" + "z" * 500) == ("PhoneX: y" + "z" * 500)[:256]
