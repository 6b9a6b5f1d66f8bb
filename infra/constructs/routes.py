"""The HTTP API's routes, read from the FastAPI routers: no route is written twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.app import create_app
from api.contexts import API_CONTEXTS
from api.openapi import api_routes

_GREEDY = re.compile(r"\{(\w+):path\}")
_TYPED = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One method of one path, in API Gateway's own writing (`{proxy+}` for the rest of a path)."""

    path: str
    method: str


def routes_by_context() -> Mapping[str, Sequence[Route]]:
    """Every route of the API, by the context that answers it, in a stable order."""
    return {context: routes_of(context) for context in API_CONTEXTS}


def routes_of(context: str) -> list[Route]:
    """The routes of one context's own application."""
    return sorted(
        Route(gateway_path(route.path), method)
        for route in api_routes(create_app(context))
        for method in route.methods or ()
    )


def gateway_path(path: str) -> str:
    """Starlette's path in API Gateway's writing: `{rest:path}` → `{rest+}`, `{n:int}` → `{n}`."""
    return _TYPED.sub(r"{\1}", _GREEDY.sub(r"{\1+}", path))
