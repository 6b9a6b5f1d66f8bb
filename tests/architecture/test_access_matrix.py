"""Every route against every kind of caller. A route without a row fails, as does one that says
nothing of who may call it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.security import access_of
from tests.architecture.access_rows import (
    CHANNEL,
    CHAT,
    EXPORT,
    MATRIX,
    PASSKEY,
    POLL,
    ROLES,
    UPLOAD,
)
from tests.architecture.routes import Route, every_route
from tests.crash_points import asgi
from tests.crash_points.chat_rooms import MESSAGE, request_channel
from tests.crash_points.cloud import Cloud, account
from tests.crash_points.identity_factors import ORIGIN, add_passkey
from tests.crash_points.plan import Person, Plan
from tests.crash_points.videos_people import ready_video
from tests.crash_points.videos_processing import create
from tests.crash_points.videos_replays import REPLAY, recorded
from tests.crash_points.world import World, running
from tests.software_authenticator import SoftwareAuthenticator

LATER = "2026-12-01T20:00:00Z"


@dataclass(frozen=True)
class Stage:
    """A world with somebody of each role in it, and of Ann's what a route is about."""

    world: World
    people: dict[str, Person | None]

    def target(self, route: Route) -> str:
        """The address of a request of this route; makes what it names."""
        _, path = route
        named = {
            "handle": "ann" if path.startswith("/v1/channels/") else "named",
            "moderator": "creator",
            "provider": "google",
            "role": "finance",
            "message_id": MESSAGE,
            "user_id": self._person("viewer").user.id,
            "session_id": self._person("owner").session_id,
        }
        if "{video_id}" in path:
            named["video_id"] = self._video(path)
        if path.startswith((CHANNEL, "/v1/broadcasts")):
            named["broadcast_id"] = self._broadcast()
        if path.startswith(CHAT):
            named["poll_id"] = self._poll()
        if path.startswith(PASSKEY):
            phone = SoftwareAuthenticator(ORIGIN)
            made = add_passkey(self.world, self._person("owner"), phone)
            named["passkey_id"] = made["id"]
        if path.startswith(EXPORT):
            named["export_id"] = self._export()
        return path.format(**named) + MATRIX[route].query

    def status(self, route: Route, role: str, target: str) -> int:
        row = MATRIX[route]
        # Some limits are of an address; each role is somebody else's first request.
        self.world.cloud.forget_limits()
        headers = {**row.headers, **self.world.authorization(self.people[role])}
        return asgi.call(route[0], target, row.body, headers).status

    def _person(self, role: str) -> Person:
        found = self.people[role]
        assert found
        return found

    def _video(self, path: str) -> str:
        owner = self._person("owner")
        if path.startswith(UPLOAD):
            uploading: str = create(self.world, owner)["video"]["id"]
            return uploading
        if path.endswith("/chat"):
            recorded(self.world, owner, 1, visibility="private")
            self.world.settle()
            video_id = REPLAY
        else:
            video_id = ready_video(self.world, owner, visibility="private")
        self.world.request("PUT", f"/v1/videos/{video_id}/viewers/named", by=owner)
        return video_id

    def _broadcast(self) -> str:
        owner = self._person("owner")
        self.world.request("POST", "/v1/me/channel", by=owner, expect=202)
        scheduled = {"title": "Later", "visibility": "private", "scheduled_for": LATER}
        made = self.world.request("POST", "/v1/broadcasts", scheduled, by=owner, expect=201)
        broadcast_id: str = made.body["id"]
        return broadcast_id

    def _export(self) -> str:
        owner = self._person("owner")
        asked = self.world.request("POST", "/v1/me/exports", by=owner, expect=202)
        self.world.settle()
        export_id: str = asked.body["id"]
        return export_id

    def _poll(self) -> str:
        owner = self._person("owner")
        request_channel(self.world, owner)
        self.world.settle(only="chat.on_channel_requested")
        chat = CHAT.format(handle="ann")
        self.world.request("PUT", f"{chat}/moderators/named", by=owner)
        opened = self.world.request("POST", f"{chat}/polls", POLL, by=owner, expect=201)
        poll_id: str = opened.body["id"]
        return poll_id


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


@pytest.fixture
def stage(cloud: Cloud) -> Iterator[Stage]:
    with running(cloud, Plan()) as world:
        people: dict[str, Person | None] = {"anonymous": None, "owner": world.owner()}
        for role in (each for each in ROLES if each not in ("anonymous", "named", "owner")):
            people[role] = world.person(role, role)
        people["named"] = world.person("named", "viewer")
        yield Stage(world, people)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(MATRIX) == set(every_route())


@pytest.mark.parametrize("route", every_route(), ids=" ".join)
def test_every_route_declares_who_may_call_it(route: Route) -> None:
    access = access_of(every_route()[route])
    row = MATRIX[route]
    asks_who = not access.optional and access.name != "anyone"
    assert asks_who == (row.expected("anonymous") == 401 and row.expected("owner") != 401)


@pytest.mark.parametrize("route", every_route(), ids=" ".join)
def test_every_role_is_answered_as_the_matrix_says(stage: Stage, route: Route) -> None:
    # The owner comes last: what the owner may do changes what the others could see.
    target = stage.target(route)
    found = {role: stage.status(route, role, target) for role in ROLES}
    assert found == {role: MATRIX[route].expected(role) for role in ROLES}


@pytest.mark.parametrize("route", every_route(), ids=" ".join)
def test_a_forged_token_opens_nothing(stage: Stage, route: Route) -> None:
    target = stage.target(route)
    forged = {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9."}
    row = MATRIX[route]
    status = asgi.call(route[0], target, row.body, {**row.headers, **forged}).status
    if access_of(every_route()[route]).name == "anyone":
        assert status == row.expected("anonymous")
    else:
        assert status == 401
