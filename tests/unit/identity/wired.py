"""The wiring of the context and of what it shares, made anew for a test."""

from __future__ import annotations

import re
import sys


def forget_wiring() -> None:
    """Drops every built part, so that the next use reads the environment again."""
    for name, module in list(sys.modules.items()):
        if re.fullmatch(r"socialflow\.(identity|platform)\.\w*wiring", name):
            for built in vars(module).values():
                if hasattr(built, "cache_clear"):
                    built.cache_clear()
