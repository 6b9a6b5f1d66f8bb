"""What people write about themselves: text stays text, and a link is a web page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.identity.profiles.details import (
    MAX_BIO_CHARACTERS,
    MAX_BIO_LINES,
    MAX_INTERESTS,
    MAX_LINKS,
    Interest,
    clean_bio,
    clean_interests,
    clean_links,
    clean_locale,
)
from socialflow.identity.profiles.errors import (
    BioInvalid,
    InterestsInvalid,
    LinkInvalid,
    LocaleInvalid,
)


class TestBio:
    @pytest.mark.parametrize(
        "bio",
        ["a\x00b", "a\x1bb", "\u202eevil", "a\u2066b", "\ud800", "a\u2028b", "\x07", "\ue000"],
    )
    def test_refuses_what_cannot_be_shown(self, bio: str) -> None:
        with pytest.raises(BioInvalid):
            clean_bio(bio)

    @pytest.mark.parametrize("bio", ["x" * (MAX_BIO_CHARACTERS + 1), "x\n" * MAX_BIO_LINES + "x"])
    def test_refuses_what_is_too_long(self, bio: str) -> None:
        with pytest.raises(BioInvalid):
            clean_bio(bio)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("", ""),
            ("  \n ", ""),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("one \t\n\n\n\n\ntwo", "one\n\ntwo"),
            ("Cafe\u0301", "Caf\u00e9"),
            ("x" * MAX_BIO_CHARACTERS, "x" * MAX_BIO_CHARACTERS),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("👩\u200d🚀", "👩\u200d🚀"),
        ],
    )
    def test_keeps_text_as_text(self, sent: str, kept: str) -> None:
        assert clean_bio(sent) == kept
        assert clean_bio(kept) == kept


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "",
            "example.com",
            "//example.com",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " \x01javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://example.com/",
            "mailto:ann@example.com",
            "https:example.com",
            "https://",
            "https:///path",
            "https://user@example.com/",
            "https://user:secret@example.com/",
            "https://example.com@evil.test/",
            "https://example.com\\@evil.test/",
            "https:\\\\evil.test",
            "https://exam ple.com/",
            "https://example.com/\tx",
            "https://example.com/\u202egnp.exe",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://example.com:99999/",
            "https://example.com:port/",
            "https://-example.com/",
            "https://example..com/",
            "https://ex_ample.com/",
            "https://" + "a" * 64 + ".com/",
            "https://" + "\u00e9" * 70 + ".com/",
            "https://example.com/" + "x" * 300,
        ],
    )
    def test_refuses_what_is_no_web_page(self, link: str) -> None:
        with pytest.raises(LinkInvalid):
            clean_links([link])

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("https://example.com", "https://example.com/"),
            (" HTTPS://Example.COM:443/Path?q=1#f ", "https://example.com/Path?q=1#f"),
            ("http://example.com:80/", "http://example.com/"),
            ("http://example.com:443/", "http://example.com:443/"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
            ("https://\u0440\u0443\u0441.\u0440\u0444/", "https://xn--p1acf.xn--p1ai/"),
            ("https://example.com/a%20b", "https://example.com/a%20b"),
            ("https://example.com/100%", "https://example.com/100%25"),
            ("https://example.com/caf\u00e9", "https://example.com/caf%C3%A9"),
            (
                "https://example.com/\"'><script>alert(1)</script>",
                "https://example.com/%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E",
            ),
        ],
    )
    def test_writes_them_in_one_form(self, sent: str, kept: str) -> None:
        assert clean_links([sent]) == (kept,)
        assert clean_links([kept]) == (kept,)

    def test_keeps_each_once_and_not_too_many(self) -> None:
        assert clean_links(["https://a.example", "https://A.example/"]) == ("https://a.example/",)
        with pytest.raises(LinkInvalid):
            clean_links([f"https://a{number}.example" for number in range(MAX_LINKS + 1)])

    @given(st.text(max_size=80))
    def test_whatever_comes_through_is_a_web_page(self, rest: str) -> None:
        for text in (rest, f"https://example.com/{rest}", f"https://{rest}"):
            try:
                (link,) = clean_links([text])
            except LinkInvalid:
                continue
            parts = urlsplit(link)
            assert parts.scheme in ("http", "https")
            assert parts.hostname
            assert parts.username is None
            assert link.isascii()
            assert not set(link) & set("\"'<>\\ \n\r\t`")


class TestLocale:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("en", "en"),
            (" en\n", "en"),
            ("PT_br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
        ],
    )
    def test_is_spelt_as_usual(self, sent: str, kept: str) -> None:
        assert clean_locale(sent) == kept

    @pytest.mark.parametrize("sent", ["", "e", "english", "en-", "en-x-private", "<b>"])
    def test_refuses_what_is_no_language(self, sent: str) -> None:
        with pytest.raises(LocaleInvalid):
            clean_locale(sent)


class TestInterests:
    def test_are_kept_once_and_sorted(self) -> None:
        assert clean_interests([Interest.MUSIC, Interest.ART, Interest.MUSIC]) == ("art", "music")

    def test_are_not_too_many(self) -> None:
        with pytest.raises(InterestsInvalid):
            clean_interests(list(Interest)[: MAX_INTERESTS + 1])
