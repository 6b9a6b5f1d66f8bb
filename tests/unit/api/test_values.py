"""What routes share that needs no request: tags of versions, text, pages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.etags import ETagInvalid, etag, expected_edits, is_current
from api.paging import cursor_for, position_of
from api.text import Description, FileName, Tag, Title
from socialflow.platform.errors import PreconditionRequired

TITLE: TypeAdapter[str] = TypeAdapter(Title)
DESCRIPTION: TypeAdapter[str] = TypeAdapter(Description)
TAG: TypeAdapter[str] = TypeAdapter(Tag)
FILE_NAME: TypeAdapter[str] = TypeAdapter(FileName)


class TestIfMatch:
    def test_is_required(self) -> None:
        with pytest.raises(PreconditionRequired):
            expected_edits(None)

    @pytest.mark.parametrize(
        "tag", ["", "1.2", '"1"', '"x.y"', 'W/"1.2"', '"1.2", "1.3"', '"1.2"x', '"-1.2"']
    )
    def test_must_be_a_tag_of_ours(self, tag: str) -> None:
        with pytest.raises(ETagInvalid):
            expected_edits(tag)

    def test_names_the_edits_alone(self) -> None:
        assert expected_edits(etag(3, 99)) == 3

    def test_a_star_is_any_version(self) -> None:
        assert expected_edits(" * ") is None


class TestIfNoneMatch:
    @pytest.mark.parametrize("sent", [None, "", '"1.1"', 'W/"1.1", "2.2"', "1.2"])
    def test_another_version_is_not_current(self, sent: str | None) -> None:
        assert not is_current(sent, etag(1, 2))

    @pytest.mark.parametrize("sent", ['"1.2"', 'W/"1.2"', '"9.9", W/"1.2"', "*"])
    def test_the_same_version_is(self, sent: str) -> None:
        assert is_current(sent, etag(1, 2))


class TestText:
    @pytest.mark.parametrize(
        "text",
        ["", "   ", "x" * 201, "a\x00b", "a\nb", "a\x1bb", "\u202egnp.4pm", "a\u2066b", "\ue000"],
    )
    def test_a_title_that_cannot_be_shown_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            TITLE.validate_python(text)

    @pytest.mark.parametrize("text", ["Żółw", "日本語", "👩‍👩‍👧", "عنوان", "a" * 200])
    def test_any_language_is_welcome(self, text: str) -> None:
        assert TITLE.validate_python(text) == unicodedata.normalize("NFC", text)

    def test_two_spellings_are_one(self) -> None:
        assert TITLE.validate_python(" e\u0301 ") == "é"

    def test_a_description_has_paragraphs(self) -> None:
        assert DESCRIPTION.validate_python("a\r\n\tb\n") == "a\n\tb"
        with pytest.raises(ValidationError):
            DESCRIPTION.validate_python("x" * 5001)

    def test_tags_are_in_lower_case(self) -> None:
        assert TAG.validate_python(" SunSet ") == "sunset"

    def test_a_file_may_have_any_name_that_can_be_read(self) -> None:
        assert FILE_NAME.validate_python("mój film (1).mp4") == "mój film (1).mp4"

    @given(st.text(max_size=300))
    def test_what_is_taken_can_be_shown(self, text: str) -> None:
        try:
            taken = TITLE.validate_python(text)
        except ValidationError:
            return
        assert len(taken) >= 1
        assert unicodedata.is_normalized("NFC", taken)
        assert not any(unicodedata.category(character) == "Cc" for character in taken)


class TestPages:
    def test_no_cursor_is_the_beginning(self) -> None:
        assert position_of(None) is None
        assert cursor_for(None) is None

    def test_a_cursor_comes_back(self) -> None:
        assert position_of(cursor_for("2026-11-21T09:30:00.000Z#vid_1")) == (
            "2026-11-21T09:30:00.000Z#vid_1"
        )
