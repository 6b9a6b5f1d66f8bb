"""The process under test: what it keeps, and which of its routes a request is for."""

from __future__ import annotations

import re
import sys

from api.openapi import api_routes
from tests.crash_points import asgi


def forget_process() -> None:
    """What a process has built and kept is gone with it."""
    for name, module in list(sys.modules.items()):
        if re.fullmatch(r"socialflow\.\w+\.\w*wiring", name):
            for built in vars(module).values():
                if hasattr(built, "cache_clear"):
                    built.cache_clear()


def route_of(method: str, target: str) -> str:
    """The route that a request is for, with the names of its parameters."""
    path = target.partition("?")[0]
    for route in api_routes(asgi.whole_app()):
        if method in (route.methods or ()) and route.path_regex.match(path):
            return route.path_format
    raise AssertionError(f"{method} {target} is no route")
