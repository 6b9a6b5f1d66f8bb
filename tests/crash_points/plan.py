"""How a run is disturbed, who takes part, and what it has exercised."""

from __future__ import annotations

from dataclasses import dataclass, field

from socialflow.identity.models import User
from socialflow.platform.principal import SessionId
from tests.crash_points.calls import Boundary


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in."""

    user: User
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run is disturbed: not at all, by a crash, or by every delivery coming twice."""

    crash_at: Boundary | None = None
    repeat_all: bool = False


@dataclass
class Covered:
    """What a run has exercised, for the test that nothing is left out."""

    handlers: set[str] = field(default_factory=set)
    routes: set[tuple[str, str]] = field(default_factory=set)
