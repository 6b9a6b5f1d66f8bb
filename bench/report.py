"""What a measurement says: figures with their bounds, tables, notes; as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Rule = Literal["at most", "under", "at least"]
_RULES: Final[dict[str, Callable[[float, float], bool]]] = {
    "at most": lambda measured, bound: measured <= bound,
    "under": lambda measured, bound: measured < bound,
    "at least": lambda measured, bound: measured >= bound,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure has to keep."""

    rule: Rule
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. Without a bound it is there to explain the others."""

    what: str
    measured: float
    unit: str
    bound: Bound | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        return _RULES[self.bound.rule](self.measured, self.bound.value) if self.bound else None

    @property
    def verdict(self) -> str:
        return {True: "holds", False: "MISSED", None: ""}[self.holds]

    def cells(self) -> list[str]:
        """The figure as a row: what, measured, bound, verdict."""
        bound = f"{self.bound.rule} {_number(self.bound.value, self.unit)}" if self.bound else ""
        return [self.what, _number(self.measured, self.unit), bound, self.verdict]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """The outcome of one measurement; `figures` also go into the table of all."""

    title: str
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()


FIGURES_HEADER: Final = ("", "Measured", "Bound", "")


def markdown(section: Section) -> str:
    """The section as Markdown, which is also what the terminal shows."""
    parts = [f"## {section.title}"]
    if section.figures:
        parts.append(_table(FIGURES_HEADER, [figure.cells() for figure in section.figures]))
    parts += [_table(table.header, table.rows) for table in section.tables]
    parts += section.notes
    return "\n\n".join(parts) + "\n"


def overview(sections: Sequence[Section]) -> str:
    """Every bounded figure in one table."""
    rows = [figure.cells() for section in sections for figure in section.figures if figure.bound]
    return "## All bounds\n\n" + _table(FIGURES_HEADER, rows) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up; what begins with a digit stands to the right."""
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    numeric = [
        bool(rows) and all(not row[place] or row[place][0].isdigit() for row in rows)
        for place in range(len(header))
    ]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rule = [
        "-" * (width - 1) + (":" if right else "-")
        for width, right in zip(widths, numeric, strict=True)
    ]
    return "\n".join([line(header), line(rule), *(line(row) for row in rows)])


def _number(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f} x"
    digits = 0 if value >= 100 or value == int(value) else 2 if value < 10 else 1
    return f"{value:.{digits}f} {unit}"
