"""The bounded figures as a drawing: each as a share of its bound, which is one line for all."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from bench.report import Figure

WIDTH: Final = 900
LABELS: Final = 430
ROW: Final = 26
TOP: Final = 34
MOST_SHARE: Final = 1.6
"""Bars end here; what is worse is drawn as long as this, with its number beside it."""
HOLDS: Final = "#2f7d5b"
MISSED: Final = "#c2452d"
INK: Final = "#333333"


def chart(figures: Sequence[Figure]) -> str:
    """An SVG. A bar that stays left of the line keeps its bound, whichever way that goes."""
    bounded = [figure for figure in figures if figure.bound]
    height = TOP + ROW * len(bounded) + 12
    scale = (WIDTH - LABELS - 110) / MOST_SHARE
    line = LABELS + scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" fill="{INK}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{line:.0f}" y="18" text-anchor="middle">bound</text>',
    ]
    for place, figure in enumerate(bounded):
        top = TOP + ROW * place
        share = min(_share(figure), MOST_SHARE) * scale
        colour = HOLDS if figure.holds else MISSED
        what, measured, _, _ = figure.cells()
        parts += [
            f'<text x="{LABELS - 10}" y="{top + 15}" text-anchor="end">{escape(what)}</text>',
            f'<rect x="{LABELS}" y="{top + 2}" width="{share:.1f}" height="18" fill="{colour}"/>',
            f'<text x="{LABELS + share + 6:.1f}" y="{top + 15}">{escape(measured)}</text>',
        ]
    parts.append(
        f'<line x1="{line:.0f}" x2="{line:.0f}" y1="24" y2="{height - 6}" stroke="{INK}" '
        'stroke-dasharray="4 3"/></svg>'
    )
    return "\n".join(parts) + "\n"


def _share(figure: Figure) -> float:
    """How much of the bound is used up; under 1 keeps it. For "at least", its inverse."""
    assert figure.bound  # noqa: S101 - narrows for mypy
    if figure.bound.rule == "at least":
        return figure.bound.value / figure.measured if figure.measured else MOST_SHARE
    if not figure.bound.value:
        return MOST_SHARE if figure.measured else 0
    return figure.measured / figure.bound.value
