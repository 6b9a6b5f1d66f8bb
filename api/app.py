"""Builds the API: the whole of it, or only the contexts named."""

from typing import Any

from fastapi import FastAPI

from api.contexts import API_CONTEXTS, router_of
from api.openapi import describe
from api.problems import install_problem_handlers
from api.request_context import RequestContext
from api.routing import take_routes

VERSION = "1.0.0"


def create_app(*contexts: str, lazily: bool = False) -> FastAPI:
    """The application with the routes of `contexts`; without any, of all of them. `lazily` leaves
    rooms to be loaded when they are asked for.

    Docs are static files beside the web client, made from the committed `api/openapi.json`, so
    the application itself serves none.
    """
    app = FastAPI(
        title="Social Flow",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    for context in contexts or API_CONTEXTS:
        take_routes(app.router, router_of(context, lazily=lazily))
    install_problem_handlers(app)
    app.add_middleware(RequestContext)
    return app


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the whole API, as committed in `api/openapi.json`."""
    return describe(create_app())
