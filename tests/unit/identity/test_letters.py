"""Letters: both forms say the same, nothing breaks out of them, no header takes anybody's text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from socialflow.identity.mail import requests
from socialflow.identity.mail.kinds import Notice
from socialflow.identity.mail.letters import Letter, Link, plain, render
from socialflow.identity.mail.notices import day_and_time, letter_for
from tests.unit.doubles import START

ORIGIN = "https://socialflow.example"
NASTY = "<img src=x onerror=alert(1)>\"'&\r\nBcc: all@example.com\u202e\u0000"
DETAILS = {
    "device": NASTY,
    "address": "203.0.113.7",
    "method": "password",
    "how": "reset",
    "new": "ann@example.net",
    "what": "Google was linked.",
    "passkey": NASTY,
    "delete_after": "2026-12-21T09:30:00.000Z",
    "expires_at": "2026-11-28T09:30:00.000Z",
}
LETTERS: dict[str, Letter] = {
    "registration_code": requests.registration_code(origin=ORIGIN, code="012345", minutes=60),
    "account_exists": requests.account_exists(origin=ORIGIN, display_name=NASTY),
    "password_reset": requests.password_reset(
        origin=ORIGIN, token="sfs1.a.b-c_d", display_name=NASTY, minutes=60
    ),
    "email_change_code": requests.email_change_code(code="012345", minutes=60),
    "email_has_account": requests.email_has_account(origin=ORIGIN, display_name=NASTY),
} | {notice.value: letter_for(notice, DETAILS, origin=ORIGIN, at=START) for notice in Notice}


@dataclass
class Page(HTMLParser):
    """What a mail client would make of the HTML."""

    tags: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name in ("src", "background", "srcset", "poster"):
                self.loads.append(value or "")
            if name.startswith("on"):
                self.scripts.append(name)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(letter: Letter) -> Page:
    page = Page()
    page.feed(render(letter).html)
    page.close()
    return page


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
class TestEveryLetter:
    def test_has_the_same_links_in_both_forms(self, letter: Letter) -> None:
        page, text = read(letter), render(letter).text
        assert all(link in text for link in page.links)
        if letter.link:
            assert page.links == [letter.link.url] * 2
            assert letter.link.url in text.splitlines(), "on a line of its own, never wrapped"
            assert letter.link.url.startswith(ORIGIN)

    def test_has_code_and_facts_in_both_forms(self, letter: Letter) -> None:
        page, text = read(letter), render(letter).text
        for said in (letter.code or "", *(plain(value) for _, value in letter.facts)):
            assert said in page.text
            assert said in text

    def test_says_all_of_it_in_both_forms(self, letter: Letter) -> None:
        page, text = read(letter), " ".join(render(letter).text.split())
        for paragraph in (*letter.paragraphs, *letter.small):
            assert paragraph in page.text
            assert " ".join(paragraph.split()) in text

    def test_runs_and_loads_nothing(self, letter: Letter) -> None:
        page = read(letter)
        assert page.scripts == page.loads == []
        assert not {"script", "img", "iframe", "form", "link", "object", "svg"} & set(page.tags)

    def test_keeps_its_subject_on_one_line(self, letter: Letter) -> None:
        subject = render(letter).subject
        assert subject.isprintable()
        assert "alert" not in subject
        assert 5 < len(subject) <= 78

    def test_is_plain_text_that_can_be_read(self, letter: Letter) -> None:
        lines = render(letter).text.splitlines()
        own = [line for line in lines if not line.startswith(("http", "    "))]
        assert max(map(len, own)) <= 72
        assert not any(line.startswith("Bcc") for line in lines)


class TestRefusals:
    @pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.com", "a\nb", "x" * 79, "a\u2028b"])
    def test_a_subject_of_more_than_a_line(self, subject: str) -> None:
        with pytest.raises(ValueError, match="one short line"):
            render(Letter(subject=subject, paragraphs=()))

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
    def test_a_link_that_leads_nowhere_of_ours(self, url: str) -> None:
        with pytest.raises(ValueError, match="our own pages"):
            render(Letter(subject="Hello", paragraphs=(), link=Link("Go", url)))


class TestTexts:
    def test_what_people_chose_stays_on_its_line(self) -> None:
        assert plain("Ann\r\nBcc: x") == "Ann  Bcc: x"
        assert plain("\u202eAnn\u2066\u0000") == "Ann"
        assert len(plain("x" * 5000)) == 200
        assert plain("Zoë 👩‍🎤 李") == "Zoë 👩🎤 李"

    def test_names_are_shown_and_do_nothing(self) -> None:
        page = read(LETTERS["account_exists"])
        assert "<img src=x onerror=alert(1)>" in page.text
        assert "img" not in page.tags

    def test_moments_are_told_for_everybody(self) -> None:
        assert day_and_time(START) == "21 November 2026, 09:30 UTC"

    def test_the_new_address_is_not_told_whole(self) -> None:
        letter = LETTERS["email_changed"]
        assert ("New address", "a…n@example.net") in letter.facts
        assert "ann@" not in render(letter).text

    def test_tokens_stand_behind_the_fragment(self) -> None:
        for name in ("registration_code", "password_reset"):
            link = LETTERS[name].link
            assert link
            assert "?" not in link.url
            assert "#" in link.url
