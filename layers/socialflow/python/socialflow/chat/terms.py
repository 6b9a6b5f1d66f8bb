"""Blocked terms: one form for all the ways in which a word can be written, and the search for it.

Text is folded to that form: compatibility characters (NFKC), case, marks, what cannot be seen,
look-alikes of other scripts, and digits and signs that stand for letters. Terms are folded alike,
so `n00b` blocks `NOOB` and the other way round.

Nobody's term becomes a regular expression. Searching takes time in proportion to the text: words
and phrases are looked up in sets, substrings found by `in`, for `MAX_BLOCKED_TERMS` terms at most.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WILDCARD: Final = "*"
# Letters that look like Latin ones, each before the one it looks like: Cyrillic, Greek and others,
# after case folding (from Unicode's confusables, UTS #39).
_PAIRS: Final = (
    "\u0430a \u0435e \u043eo \u0440p \u0441c \u0443y \u0445x \u0456i \u0458j \u0455s "
    "\u04bbh \u0501d \u051bq \u051dw \u0432b \u043ak \u043cm \u043dh \u0442t \u0433r "
    "\u043fn \u0437e \u0431b \u044cb \u044fr \u03b1a \u03b2b \u03b3y \u03b5e \u03b7n "
    "\u03b9i \u03bak \u03bdv \u03bfo \u03c1p \u03c4t \u03c5u \u03c7x \u03c9w \u0475v "
    "\u0261g \u0251a \u0131i \u00f8o \u0111d \u0142i \u014bn "
    "\u0585o \u057dv \u0578n \u0570h \u0581g \u0566q \u026ai \u029fl \u0274n \u0280r \u028fy "
    "\u1d00a \u0299b \u1d04c \u1d05d \u1d07e \ua730f \u0262g \u029ch \u1d0aj \u1d0bk \u1d0dm "
    "\u1d0fo \u1d18p \ua731s \u1d1bt \u1d1cu \u1d20v \u1d21w \u1d22z"
)
# Where alphabets of pictures begin: letters in black circles and squares, and those of flags.
_PICTURED: Final = (0x1F150, 0x1F170, 0x1F1E6)
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_LOOK_ALIKES: Final = str.maketrans(
    {pair[0]: pair[1] for pair in _PAIRS.split()}
    | {chr(first + place): letter for first in _PICTURED for place, letter in enumerate(_ALPHABET)}
)
# One letter for all that is written for it: `1`, `!`, `|` and `l` stand for `i`.
_DIGITS: Final = str.maketrans("01234567890l", "oizeasgtbgoi")
_SIGNS: Final = str.maketrans("@$!|+\u20ac\u00a1(", "asiiteic")
_PUNCTUATION: Final = "!|+\u00a1(.,;:?)"
_UNSEEN: Final = frozenset({"Cf", "Cc", "Cs", "Mn", "Me"})
# Letters, and characters of no category yet, that are shown as nothing (Default_Ignorable).
_BLANK: Final = frozenset(
    {"\u115f", "\u1160", "\u2065", "\u3164", "\uffa0", *map(chr, range(0xFFF0, 0xFFF9))}
)
# What comes after it is shown from right to left, whatever it is.
_OVERRIDE: Final = "\u202e"


@dataclass(frozen=True, slots=True)
class BlockedTerms:
    """Terms made ready to be searched for."""

    words: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    parts: tuple[str, ...]

    def found_in(self, text: str) -> bool:
        """Whether any of the terms is in the text."""
        return any(self._found(words) for words in _readings(text))

    def _found(self, words: list[str]) -> bool:
        if not self.words.isdisjoint(words):
            return True
        if self.beginnings and any(word.startswith(self.beginnings) for word in words):
            return True
        if self.endings and any(word.endswith(self.endings) for word in words):
            return True
        if self.parts:
            joined = " ".join(words)
            if any(part in joined for part in self.parts):
                return True
        lengths = {len(phrase) for phrase in self.phrases}
        return any(
            tuple(words[start : start + length]) in self.phrases
            for length in lengths
            for start in range(len(words) - length + 1)
        )


def blocked_terms(terms: Iterable[str]) -> BlockedTerms:
    """Makes terms ready; those without a letter or digit are left out.

    `term` is a whole word, or words in a row; `term*` and `*term` the beginning and the end of a
    word; `*term*` any part of the text.
    """
    words: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    beginnings: set[str] = set()
    endings: set[str] = set()
    parts: set[str] = set()
    for term in terms:
        bare = term.strip()
        folded = _words(fold(bare.strip(WILDCARD)))
        if not folded:
            continue
        open_left, open_right = bare.startswith(WILDCARD), bare.endswith(WILDCARD)
        joined = " ".join(folded)
        if open_left and open_right:
            parts.add(joined)
        elif len(folded) > 1:
            phrases.add(tuple(folded))
        elif open_right:
            beginnings.add(joined)
        elif open_left:
            endings.add(joined)
        else:
            words.add(joined)
    return BlockedTerms(
        frozenset(words),
        frozenset(phrases),
        tuple(sorted(beginnings)),
        tuple(sorted(endings)),
        tuple(sorted(parts)),
    )


def is_usable(term: str) -> bool:
    """Whether a term has anything to search for."""
    return bool(_words(fold(term.strip().strip(WILDCARD))))


def fold(text: str) -> str:
    """The text in the form in which it is compared; signs that stand for letters stay."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(_shown(c) for c in apart)
    return seen.translate(_LOOK_ALIKES).translate(_DIGITS)


def _shown(character: str) -> str:
    """What a page shows of a character: white space of every kind as one, and nothing of some."""
    if character.isspace():
        return " "
    unseen = unicodedata.category(character) in _UNSEEN or character in _BLANK
    return "" if unseen else character


def _readings(text: str) -> Iterable[list[str]]:
    """The ways in which a text may be meant, each as its words."""
    yield from _read(fold(text))
    if _OVERRIDE in text:
        yield from _read(fold(text[::-1]))


def _read(folded: str) -> Iterable[list[str]]:
    # Around a word these signs are punctuation, within it letters.
    signed = " ".join(token.strip(_PUNCTUATION) for token in folded.split()).translate(_SIGNS)
    readings = dict.fromkeys((folded, signed))
    for reading in readings:
        words = _words(reading)
        yield words
        if spelled := _spelled_out(words):
            yield spelled
        # `sp.am` and `sp-am`: a word, though signs stand in it.
        if (joined := _joined(reading)) != words:
            yield joined
        for most in (1, 2):
            squeezed = [_squeezed(word, most) for word in words]
            if squeezed != words:
                yield squeezed


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


def _joined(text: str) -> list[str]:
    """What stands between white space, without its signs."""
    tokens = ("".join(c for c in token if c.isalnum()) for token in text.split())
    return [token for token in tokens if token]


def _spelled_out(words: list[str]) -> list[str]:
    """`s p a m` as the word that it spells; [] where nothing is spelled out."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1:
            run += word
            continue
        if len(run) > 2:
            joined.append(run)
        run = ""
    return joined


def _squeezed(word: str, most: int) -> str:
    """The word with letters that come three times or more cut down to `most`."""
    kept: list[str] = []
    start = 0
    for end in range(1, len(word) + 1):
        if end == len(word) or word[end] != word[start]:
            length = end - start
            kept.append(word[start] * (most if length > 2 else length))
            start = end
    return "".join(kept)
