"""Contexts of many routes, loaded room by room when the first request of a room comes.

A cold start pays for every route that is built, and one request needs those of one room. So a
context says in `rooms.py` which paths begin where:

    ROOMS = {"sessions": ("/v1/auth/refresh", "/v1/me/sessions"), …}     api/<context>/sessions.py

The longest beginning, in whole segments, decides. Once loaded, a room's routes are among the
application's own as if they had always been there.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

Rooms = Mapping[str, Sequence[str]]


def room_of(rooms: Rooms, path: str) -> str | None:
    """The room that a path belongs to, None where it is nobody's."""
    fitting = [
        (len(beginning), room)
        for room, beginnings in rooms.items()
        for beginning in beginnings
        if path == beginning or path.startswith(f"{beginning}/")
    ]
    return max(fitting)[1] if fitting else None


def router_of_room(context: str, room: str) -> APIRouter:
    """The routes of one room."""
    router = importlib.import_module(f"api.{context}.{room}").router
    if not isinstance(router, APIRouter):
        raise TypeError(f"api.{context}.{room}.router is not an APIRouter")
    return router


class LazyRooms(BaseRoute):
    """Stands first among an application's routes: matches nothing, and loads what would.

    The application goes through its list of routes, so it comes to those that were added at the
    list's end while it asked here.
    """

    def __init__(self, context: str, rooms: Rooms) -> None:
        self._context = context
        self._waiting = dict(rooms)
        self._rooms = rooms

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        room = room_of(self._rooms, scope["path"])
        if room is not None and self._waiting.pop(room, None) is not None:
            scope["router"].routes.extend(router_of_room(self._context, room).routes)
        return Match.NONE, {}
