"""A small language for the shapes a request may have, and the walk that holds it to them.

The walk fails on the first key, type or value that is not in the vocabulary, with the path of
the setting in the message, as the service does: `/outputGroups/0/outputs/1/extension: …`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from infra.local.service.errors import BadRequest

__all__ = ["Choice", "Fields", "Listed", "Mapped", "Number", "Shape", "Text"]


class Shape(Protocol):
    """What may stand at one place of a request."""

    def check(self, value: Any, path: str) -> None:
        """Return if `value` may stand here; raise `BadRequest` naming `path` otherwise."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the enumeration's values that this server acts on."""

    values: tuple[str, ...]

    def check(self, value: Any, path: str) -> None:
        if value not in self.values:
            raise BadRequest(f"{path}: {value!r} is not supported; use {', '.join(self.values)}")


@dataclass(frozen=True, slots=True)
class Number:
    """Bounds are included. Whole unless `fractional`."""

    low: float
    high: float
    fractional: bool = False

    def check(self, value: Any, path: str) -> None:
        kinds = (int, float) if self.fractional else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise BadRequest(f"{path}: {value!r} is not a number of the expected type")
        if not self.low <= value <= self.high:
            raise BadRequest(f"{path}: {value} is not between {self.low:g} and {self.high:g}")


@dataclass(frozen=True, slots=True)
class Text:
    pattern: str = r".*"
    longest: int = 2048

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, str) or len(value) > self.longest:
            raise BadRequest(f"{path}: expected text of at most {self.longest} characters")
        if not re.fullmatch(self.pattern, value, re.DOTALL):
            raise BadRequest(f"{path}: {value!r} does not match {self.pattern}")


@dataclass(frozen=True, slots=True)
class Listed:
    item: Shape
    fewest: int = 1
    most: int = 100

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, list) or not self.fewest <= len(value) <= self.most:
            raise BadRequest(f"{path}: expected a list of {self.fewest} to {self.most}")
        for position, one in enumerate(value):
            self.item.check(one, f"{path}/{position}")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map with free keys."""

    item: Shape
    most: int = 50

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, Mapping) or len(value) > self.most:
            raise BadRequest(f"{path}: expected a map of at most {self.most} entries")
        for key, one in value.items():
            Text(longest=256).check(key, path)
            self.item.check(one, f"{path}/{key}")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with known members; anything else in it is refused by name."""

    members: Mapping[str, Shape]
    required: tuple[str, ...] = field(default=())

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, Mapping):
            raise BadRequest(f"{path or '/'}: expected an object")
        for name in self.required:
            if name not in value:
                raise BadRequest(f"{path}/{name}: is required")
        for name, one in value.items():
            if name not in self.members:
                raise BadRequest(f"{path}/{name}: this setting is not supported")
            self.members[name].check(one, f"{path}/{name}")
