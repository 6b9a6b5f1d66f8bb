"""Routes that are loaded room by room: all of them, each by its own paths, and no sooner."""

from __future__ import annotations

import subprocess
import sys

import pytest

from api.app import create_app
from api.contexts import IN_ROOMS
from api.identity.rooms import ROOMS
from api.openapi import api_routes
from api.rooms import room_of
from tests.architecture.routes import Route, every_route
from tests.architecture.tree import LAYER, ROOT
from tests.unit.in_process import InProcess


def module_of(route: Route) -> str:
    found: str = every_route()[route].endpoint.__module__
    return found


OF_IDENTITY = [route for route in every_route() if module_of(route).startswith("api.identity.")]


class TestEveryRoute:
    @pytest.mark.parametrize("route", OF_IDENTITY, ids=" ".join)
    def test_lies_below_the_paths_of_its_room(self, route: Route) -> None:
        assert f"api.identity.{room_of(ROOMS, route[1])}" == module_of(route)

    @pytest.mark.parametrize("route", OF_IDENTITY, ids=" ".join)
    def test_is_found_when_its_room_is_loaded_by_its_first_request(self, route: Route) -> None:
        """401, 403, 404 and 422 are answers of the route or what stands before it, 405 is not."""
        app = create_app("identity", lazily=True)
        before = len(app.routes)
        method, path = route
        InProcess(app).request(method, path)
        routes = api_routes(app)
        assert len(app.routes) > before
        assert (method, path) in {
            (each, found.path_format) for found in routes for each in found.methods or ()
        }
        assert {found.endpoint.__module__ for found in routes} == {module_of(route)}

    def test_is_there_once_however_often_it_is_asked_for(self) -> None:
        app = create_app("identity", lazily=True)
        for _ in range(3):
            for _, path in OF_IDENTITY:
                InProcess(app).get(path)
        assert sorted(found.path_format for found in api_routes(app)) == sorted(
            found.path_format for found in api_routes(create_app("identity"))
        )


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "room"),
        [
            ("/v1/me", "profile"),
            ("/v1/me/", "profile"),
            ("/v1/me/sessions", "sessions"),
            ("/v1/me/sessions/ses_1", "sessions"),
            ("/v1/me/sessionsandmore", "profile"),
            ("/v1/auth/login", "registration"),
            ("/v1/auth/login/second-factor", "second_factor"),
            ("/v1/mean", None),
            ("/", None),
            ("", None),
        ],
    )
    def test_belong_to_the_longest_beginning(self, path: str, room: str | None) -> None:
        assert room_of(ROOMS, path) == room

    def test_of_nobody_load_nothing(self) -> None:
        app = create_app("identity", lazily=True)
        assert InProcess(app).get("/v1/nowhere").status_code == 404
        assert api_routes(app) == []


def test_a_start_loads_no_room() -> None:
    """And one request that of its room alone."""
    code = """
import sys
from api.app import create_app
create_app("identity", lazily=True)
print(*(name for name in sys.modules if name.startswith(("api.identity.", "socialflow."))))
"""
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{ROOT}:{LAYER}"},
    )
    loaded = set(done.stdout.split())
    assert "api.identity.rooms" in loaded
    assert not loaded & {f"api.identity.{room}" for room in ROOMS}


def test_contexts_without_rooms_are_loaded_whole() -> None:
    assert {"identity"} == IN_ROOMS
    whole, lazy = (api_routes(create_app("social", lazily=lazily)) for lazily in (False, True))
    assert [found.path_format for found in lazy] == [found.path_format for found in whole] != []
