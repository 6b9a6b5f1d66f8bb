"""The contexts that have a REST surface; each is one Lambda and one router."""

import importlib
from typing import Final

from fastapi import APIRouter

API_CONTEXTS: Final = ("platform", "identity", "videos", "live", "social", "chat")


def router_of(context: str) -> APIRouter:
    """The context's router, imported only when asked for, so that a Lambda loads its own alone."""
    if context not in API_CONTEXTS:
        raise ValueError(f"{context!r} has no API; it is one of {', '.join(API_CONTEXTS)}.")
    router = importlib.import_module(f"api.{context}.routes").router
    if not isinstance(router, APIRouter):
        raise TypeError(f"api.{context}.routes.router is not an APIRouter")
    return router
