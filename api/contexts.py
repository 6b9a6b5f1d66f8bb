"""The contexts that have a REST surface; each is one Lambda and one router."""

import importlib
from typing import Final

from fastapi import APIRouter

from api.rooms import LazyRooms

API_CONTEXTS: Final = ("platform", "identity", "videos", "live", "social", "chat")
IN_ROOMS: Final = frozenset({"identity"})
"""Contexts whose routes can be loaded room by room (`api.rooms`)."""


def router_of(context: str, *, lazily: bool = False) -> APIRouter:
    """The context's router, imported only when asked for, so that a Lambda loads its own alone.

    `lazily`, where the context is one of rooms: a router that loads each when it is asked for.
    """
    if context not in API_CONTEXTS:
        raise ValueError(f"{context!r} has no API; it is one of {', '.join(API_CONTEXTS)}.")
    if lazily and context in IN_ROOMS:
        rooms = importlib.import_module(f"api.{context}.rooms").ROOMS
        lazy = APIRouter()
        lazy.routes.append(LazyRooms(context, rooms))
        return lazy
    router = importlib.import_module(f"api.{context}.routes").router
    if not isinstance(router, APIRouter):
        raise TypeError(f"api.{context}.routes.router is not an APIRouter")
    return router
