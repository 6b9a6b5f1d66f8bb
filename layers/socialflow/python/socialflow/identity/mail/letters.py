"""A letter, and its two forms: plain text and HTML, made from the same parts.

Because both forms come from one structure, neither can miss the link or the code that the other
has. Everything is escaped in HTML; what people chose themselves (names, devices) loses line ends
and control characters, and never comes into a header.

The HTML is one table of fixed width with styles on the elements, because mail clients take
nothing else; no picture, no tracking, nothing loaded from anywhere.
"""

from __future__ import annotations

import html
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_FACT_CHARACTERS: Final = 200
MAX_SUBJECT_CHARACTERS: Final = 78  # RFC 5322, 2.1.1
_TEXT_COLUMNS: Final = 72
# The colours of web/src/style/tokens.css, which mail programs cannot load.
_TEXT, _SOFT, _ACCENT, _LINE, _GROUND = "#1a1c1a", "#565a56", "#0a7560", "#dededa", "#f7f7f4"
_FONT: Final = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Link:
    """Something to press; `url` is one that we made."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says. Paragraphs and `small` are plain text."""

    subject: str
    paragraphs: tuple[str, ...]
    code: str | None = None
    link: Link | None = None
    facts: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str


def plain(text: str) -> str:
    """Somebody's own text on one line: no control or turning characters, bounded."""
    kept = "".join(" " if c.isspace() else c for c in text)
    seen = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return seen.strip()[:MAX_FACT_CHARACTERS]


def render(letter: Letter) -> Rendered:
    """Both forms of a letter; raises `ValueError` for a subject or link that we did not make."""
    if not letter.subject.isprintable() or len(letter.subject) > MAX_SUBJECT_CHARACTERS:
        raise ValueError("a subject is one short line")
    if letter.link and not letter.link.url.startswith(("https://", "http://")):
        raise ValueError("a link leads to our own pages")
    return Rendered(letter.subject, _text(letter), _html(letter))


def _text(letter: Letter) -> str:
    blocks = [_wrapped(paragraph) for paragraph in letter.paragraphs]
    if letter.code:
        blocks.append(f"    {letter.code}")
    if letter.facts:
        blocks.append("\n".join(f"    {name}: {plain(value)}" for name, value in letter.facts))
    if letter.link:
        # Never wrapped: a link cut in two is none.
        blocks.append(f"{letter.link.label}:\n{letter.link.url}")
    blocks += [_wrapped(paragraph) for paragraph in letter.small]
    return "\n\n".join([*blocks, "-- \nSocial Flow"]) + "\n"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, _TEXT_COLUMNS, break_long_words=False, break_on_hyphens=False)


def _html(letter: Letter) -> str:
    blocks = [_paragraph(text) for text in letter.paragraphs]
    if letter.code:
        blocks.append(
            f'<p style="margin:24px 0;padding:16px;background:{_GROUND};border-radius:12px;'
            "text-align:center;font:600 32px/1.2 ui-monospace,Menlo,Consolas,monospace;"
            f'letter-spacing:8px;color:{_TEXT}">{_escaped(letter.code)}</p>'
        )
    if letter.facts:
        rows = "".join(_fact(name, value) for name, value in letter.facts)
        blocks.append(
            f'<table role="presentation" width="100%" style="margin:20px 0;border-top:1px solid '
            f'{_LINE};border-collapse:collapse">{rows}</table>'
        )
    if letter.link:
        url = _escaped(letter.link.url)
        blocks.append(
            f'<p style="margin:28px 0"><a href="{url}" style="display:inline-block;padding:14px '
            f"28px;background:{_ACCENT};border-radius:999px;color:#ffffff;font-weight:600;"
            f'text-decoration:none">{_escaped(letter.link.label)}</a></p>'
            f'<p style="margin:0 0 16px;font-size:13px;color:{_SOFT};word-break:break-all">'
            f'Or copy this address: <a href="{url}" style="color:{_SOFT}">{url}</a></p>'
        )
    blocks += [
        f'<p style="margin:0 0 12px;font-size:13px;color:{_SOFT}">{_escaped(text)}</p>'
        for text in letter.small
    ]
    return _PAGE.format(subject=_escaped(letter.subject), body="\n".join(blocks))


def _paragraph(text: str) -> str:
    return f'<p style="margin:0 0 16px">{_escaped(text)}</p>'


def _fact(name: str, value: str) -> str:
    cell = f"padding:10px 0;border-bottom:1px solid {_LINE};vertical-align:top"
    return (
        f'<tr><td style="{cell};width:110px;color:{_SOFT}">{_escaped(name)}</td>'
        f'<td style="{cell}">{_escaped(plain(value))}</td></tr>'
    )


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)


_PAGE: Final = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>{{subject}}</title>
</head>
<body style="margin:0;padding:0;background:{_GROUND}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="background:{_GROUND}">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
<tr><td style="padding:0 8px 16px;font:700 20px/1.2 {_FONT};color:{_ACCENT}">Social Flow</td></tr>
<tr><td style="padding:32px;background:#ffffff;border:1px solid {_LINE};border-radius:16px;\
font:400 16px/1.5 {_FONT};color:{_TEXT}">
<h1 style="margin:0 0 20px;font:700 24px/1.25 {_FONT};color:{_TEXT}">{{subject}}</h1>
{{body}}
</td></tr>
<tr><td style="padding:16px 8px;font:400 12px/1.5 {_FONT};color:{_SOFT}">\
You get this mail because of your account, or because somebody gave this address. \
It cannot be answered.</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
