"""Builds the API: the whole of it, or only the contexts named."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.contexts import API_CONTEXTS, router_of
from api.openapi import describe
from api.problems import install_problem_handlers
from api.request_context import RequestContext

VERSION = "1.0.0"


def create_app(*contexts: str) -> FastAPI:
    """The application with the routes of `contexts`; without any, of all of them.

    Docs are static files beside the web client, made from the committed `api/openapi.json`, so
    the application itself serves none.
    """
    app = FastAPI(
        title="Social Flow",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
    )
    for context in contexts or API_CONTEXTS:
        app.include_router(router_of(context))
    install_problem_handlers(app)
    app.add_middleware(RequestContext)
    return app


def operation_id(route: APIRoute) -> str:
    """The endpoint's own name: stable, and what generated clients call it."""
    return route.name


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, as committed in `api/openapi.json`."""
    return describe(create_app())
