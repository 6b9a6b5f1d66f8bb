"""What people write about themselves, made fit to be shown: a bio, links, a locale, and what they
declare of their own accord.

Text stays text: markup in it is data, which whoever shows it escapes. What is refused here is what
no escaping mends: control characters, marks that reorder the page, and links that are no web pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from socialflow.identity.profiles.errors import (
    BioInvalid,
    InterestsInvalid,
    LinkInvalid,
    LocaleInvalid,
)

MAX_BIO_CHARACTERS: Final = 500
MAX_BIO_LINES: Final = 20
MAX_LINKS: Final = 5
MAX_LINK_CHARACTERS: Final = 300
MAX_INTERESTS: Final = 10

_UNSEEN: Final = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Letters, digits and hyphens (RFC 1123, 2.1), two labels at least, the last of letters: no address.
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
_MAX_HOST: Final = 253
# What a path, query or fragment may hold as it is (RFC 3986, 3.3 to 3.5; an apostrophe may, and
# ends attributes), and the percent sign of what is escaped already.
_SAFE: Final = "/?:@!$&()*+,;=-._~%"
_ESCAPED: Final = r"%(?![0-9A-Fa-f]{2})"
_LOCALE: Final = r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?"


class BirthBand(StrEnum):
    """How old somebody says they are: as exact as anything needs to know."""

    FROM_13 = "13-17"
    FROM_18 = "18-24"
    FROM_25 = "25-34"
    FROM_35 = "35-44"
    FROM_45 = "45-54"
    FROM_55 = "55-64"
    FROM_65 = "65+"


class Interest(StrEnum):
    """What somebody may declare to like. None of them tells of health, faith, politics or love."""

    ANIMALS = "animals"
    ART = "art"
    BOOKS = "books"
    BUSINESS = "business"
    CARS = "cars"
    COMEDY = "comedy"
    COOKING = "cooking"
    CRAFTS = "crafts"
    DANCE = "dance"
    EDUCATION = "education"
    FASHION = "fashion"
    FILM = "film"
    FITNESS = "fitness"
    GAMES = "games"
    GARDENING = "gardening"
    HISTORY = "history"
    HOME = "home"
    MUSIC = "music"
    NATURE = "nature"
    NEWS = "news"
    PHOTOGRAPHY = "photography"
    SCIENCE = "science"
    SPORT = "sport"
    TECHNOLOGY = "technology"
    TRAVEL = "travel"


def clean_bio(text: str) -> str:
    """The bio in NFC, trimmed, with at most one empty line between paragraphs.

    Raises `BioInvalid`.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    bio = unicodedata.normalize("NFC", lines).strip()
    bio = re.sub(r"[^\S\n]+\n", "\n", bio)
    bio = re.sub(r"\n{3,}", "\n\n", bio)
    if len(bio) > MAX_BIO_CHARACTERS or bio.count("\n") >= MAX_BIO_LINES:
        raise BioInvalid(
            f"A bio has at most {MAX_BIO_CHARACTERS} characters on {MAX_BIO_LINES} lines.",
            max_characters=MAX_BIO_CHARACTERS,
        )
    if any(_is_unseen(character) for character in bio if character != "\n"):
        raise BioInvalid("A bio cannot hold control characters.")
    return bio


def clean_links(links: Sequence[str]) -> tuple[str, ...]:
    """Web addresses in one form, each once, in their order; raises `LinkInvalid`."""
    found = tuple(dict.fromkeys(_clean_link(link) for link in links))
    if len(found) > MAX_LINKS:
        raise LinkInvalid(f"A profile has at most {MAX_LINKS} links.", max_links=MAX_LINKS)
    return found


def _clean_link(text: str) -> str:
    """`http` and `https` alone, a domain name, no user or password, all in ASCII."""
    link = unicodedata.normalize("NFC", text.strip())
    # Browsers drop tabs and line ends from addresses and read `\\` as `/`: a parser that does
    # not would see another host than they do (https://url.spec.whatwg.org, 4.4).
    if len(link) > MAX_LINK_CHARACTERS or "\\" in link or any(map(_is_unseen, link)) or " " in link:
        raise LinkInvalid(f"A link is a web address of at most {MAX_LINK_CHARACTERS} characters.")
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError as error:
        raise LinkInvalid("This is no web address; check its spelling.") from error
    if parts.scheme not in ("http", "https"):
        raise LinkInvalid("A link begins with https:// or http://.")
    if "@" in parts.netloc:
        raise LinkInvalid("A link holds no user name or password.")
    host = _ascii_host(parts.hostname or "")
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    netloc = host if usual else f"{host}:{port}"
    cleaned = urlunsplit(
        (
            parts.scheme,
            netloc,
            _escaped(parts.path) or "/",
            _escaped(parts.query),
            _escaped(parts.fragment),
        )
    )
    if len(cleaned) > MAX_LINK_CHARACTERS * 3:
        raise LinkInvalid(f"A link is a web address of at most {MAX_LINK_CHARACTERS} characters.")
    return cleaned


def _ascii_host(host: str) -> str:
    """The host with international labels as A-labels: look-alikes show for what they are."""
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise LinkInvalid("This is no web address; check its spelling.") from error
    ascii_host = ascii_host.lower()
    if len(ascii_host) > _MAX_HOST or not re.fullmatch(_HOST, ascii_host):
        raise LinkInvalid("A link names a web site, such as https://example.com.")
    return ascii_host


def _escaped(text: str) -> str:
    """Everything else than what an address may hold, percent-encoded; what is stays as it is."""
    return quote(re.sub(_ESCAPED, "%25", text), safe=_SAFE)


def clean_locale(text: str) -> str:
    """A language tag in its usual spelling (RFC 5646, 2.1.1): `pt-br` is `pt-BR`.

    Language, script and region alone. Raises `LocaleInvalid`.
    """
    matched = re.fullmatch(_LOCALE, text.strip().replace("_", "-").lower())
    if not matched:
        raise LocaleInvalid("A locale is a language tag such as en, de-AT or zh-Hant-TW.")
    language, script, region = matched.groups()
    named = (language, script.title() if script else None, region.upper() if region else None)
    return "-".join(part for part in named if part)


def clean_interests(interests: Sequence[Interest]) -> tuple[str, ...]:
    """Interests, each once and sorted; raises `InterestsInvalid`."""
    found = tuple(sorted({interest.value for interest in interests}))
    if len(found) > MAX_INTERESTS:
        raise InterestsInvalid(
            f"Choose at most {MAX_INTERESTS} interests.", max_interests=MAX_INTERESTS
        )
    return found


def _is_unseen(character: str) -> bool:
    return character in _BIDI_CONTROLS or unicodedata.category(character) in _UNSEEN
