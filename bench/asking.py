"""Requests of a process that knows the public keys, whose session is open, and nobody's name.

The worst case that is met all the time: keys are kept for a minute, sessions for 45 seconds
(changes look at theirs anew), names for one minute.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from socialflow.identity import wiring as identity_wiring
from tests.crash_points.plan import Person
from tests.crash_points.world import World


def ask(world: World, method: str, target: str, body: Any = None, **how: Any) -> Any:
    """One request; returns the answer's body."""
    if how.get("by"):
        warm(world, how["by"])
    _forget_names()
    return world.request(method, target, body, **how).body


def warm(world: World, person: Person) -> None:
    """Lets the process read the public keys, and whether the person's session is open."""
    world.look("/v1/me/videos", by=person)


def _forget_names() -> None:
    identity_wiring.user_directory.cache_clear()
    for name, module in list(sys.modules.items()):
        found = re.fullmatch(r"socialflow\.(\w+)\.\w*wiring", name)
        if found and found[1] != "identity":
            for built in vars(module).values():
                # Whatever a context has built may hold the directory.
                if hasattr(built, "cache_clear") and built.__module__ == name:
                    built.cache_clear()
