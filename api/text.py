"""Text as people may send it: normalised, of bounded length, without control characters."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}
# Bidirectional overrides and isolates reorder what follows them on somebody else's page.
_REORDERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """The text in normal form (NFC); raises `ValueError` for control characters and line ends."""
    return _checked(text, allowed="")


def _paragraphs(text: str) -> str:
    return _checked(text.replace("\r\n", "\n"), allowed="\n\t")


def _checked(text: str, *, allowed: str) -> str:
    for character in text:
        if character in allowed:
            continue
        if unicodedata.category(character) in _INVISIBLE or character in _REORDERING:
            raise ValueError("must not contain control characters")
    return unicodedata.normalize("NFC", text)


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(one_line),
]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=5000), AfterValidator(_paragraphs)
]
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40),
    AfterValidator(one_line),
]
FileName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255),
    AfterValidator(one_line),
]
