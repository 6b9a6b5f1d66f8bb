"""The context's own wiring, made anew for a test."""

from __future__ import annotations

from socialflow.identity import wiring


def forget_wiring() -> None:
    """Drops every built part, so that the next use reads the environment again."""
    for built in vars(wiring).values():
        if hasattr(built, "cache_clear"):
            built.cache_clear()
