"""The OpenAPI document: FastAPI's own, with what it cannot know added."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.problems import MEDIA_TYPE, FieldError, Problem
from api.security import access_of

REFERENCE: Final = "#/components/schemas/{model}"
_CONTENT: Final = {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
# Declared here rather than on the routes: FastAPI would build the model once for each of them at
# every cold start.
PROBLEMS: Final = {
    "4XX": {"description": "Refused; `code` says why.", "content": _CONTENT},
    "5XX": {"description": "Failed; `retryable` says whether to try again.", "content": _CONTENT},
}

DESCRIPTION = """\
Video, live and social behind one identity.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Lists take `cursor` and
`limit` and answer `{items, next_cursor}`. A POST that creates takes an `Idempotency-Key`. Reads
answer an `ETag`; edits require it as `If-Match`. Times are RFC 3339 in UTC.
"""


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of an app, deterministic for the same routes."""
    app.description = DESCRIPTION
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {
        model.__name__: model.model_json_schema(ref_template=REFERENCE)
        for model in (FieldError, Problem)
    }
    schemas["Problem"].pop("$defs", None)
    for route in api_routes(app):
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            access = access_of(route)
            operation["x-access"] = access.name
            operation["responses"].pop("422", None)
            operation["responses"] |= PROBLEMS
            if access.optional:
                operation["security"] = [{}, *operation.get("security", [])]
    return document


def api_routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the app, in the order of its routers (none of them has a prefix)."""
    return [
        context.original_route
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
    ]
