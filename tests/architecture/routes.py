"""Every route of the API, and what its declarations say."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute

from api.app import openapi_document
from api.openapi import api_routes
from tests.crash_points.asgi import whole_app

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Route = tuple[str, str]


def every_route() -> dict[Route, APIRoute]:
    """All routes by method and path."""
    return {
        (method, route.path_format): route
        for route in api_routes(whole_app())
        for method in sorted(route.methods or ())
    }


def policies_of(route: APIRoute) -> list[str]:
    """The names of the rate limits that count a request of this route."""
    found = (getattr(call, "policy", None) for call in _calls(route.dependant))
    return [policy.name for policy in found if policy]


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI document as the routes make it."""
    return openapi_document()


def _calls(dependant: Any) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)
