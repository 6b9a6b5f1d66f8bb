"""Every route against every kind of caller. A route without a row fails, as does one that says
nothing of who may call it.

The video that the rows speak of is private, ready and Ann's; `uploading` is another of hers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.security import access_of
from tests.architecture.routes import Route, every_route
from tests.crash_points import asgi
from tests.crash_points.cloud import Cloud, account
from tests.crash_points.plan import Person, Plan
from tests.crash_points.videos_people import ready_video
from tests.crash_points.world import World, running

ROLES = ("anonymous", "viewer", "creator", "admin", "named", "owner")


@dataclass(frozen=True)
class Row:
    """What a caller of each role is answered; `others` is for roles that are not named."""

    others: int
    anonymous: int | None = None
    named: int | None = None
    owner: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def expected(self, role: str) -> int:
        special: dict[str, int | None] = {
            "anonymous": self.anonymous,
            "named": self.named,
            "owner": self.owner,
        }
        told = special.get(role)
        return self.others if told is None else told


def owners(owner: int, **more: Any) -> Row:
    """For the owner alone: to others the video does not exist."""
    return Row(404, anonymous=401, owner=owner, **more)


NEW_VIDEO = {
    "title": "Second light",
    "visibility": "public",
    "file": {"name": "film.mp4", "size_bytes": 64, "content_type": "video/mp4"},
}
NOBODY = {"email": "nobody@example.test", "password": "correct horse battery"}
ACCOUNT = {**NOBODY, "handle": "newcomer", "display_name": "New"}
ETAG = '"' + "a" * 32 + '"'
PARTS = {"parts": [{"part_number": 1, "etag": ETAG}]}
VIDEO = "/v1/videos/{video_id}"
UPLOAD = f"{VIDEO}/upload"
FOLLOW = "/v1/users/{handle}/follow"

MATRIX: dict[Route, Row] = {
    ("GET", "/v1/health"): Row(200),
    ("GET", "/v1/ready"): Row(200),
    ("GET", "/.well-known/jwks.json"): Row(200),
    # Whoever asks first, gets it: the address is taken for the others.
    ("POST", "/v1/auth/register"): Row(409, anonymous=201, body=ACCOUNT),
    ("POST", "/v1/auth/login"): Row(401, body=NOBODY),
    ("POST", "/v1/auth/refresh"): Row(401, body={"refresh_token": "none"}),
    ("POST", "/v1/auth/logout"): Row(204, anonymous=401),
    ("GET", "/v1/me"): Row(200, anonymous=401),
    ("GET", "/v1/me/videos"): Row(200, anonymous=401),
    ("GET", "/v1/users/{handle}/videos"): Row(200),
    ("GET", "/v1/me/following"): Row(200, anonymous=401),
    # The handle is that of the person named, who cannot follow themselves.
    ("GET", FOLLOW): Row(200, anonymous=401),
    ("PUT", FOLLOW): Row(200, anonymous=401, named=409),
    ("DELETE", FOLLOW): Row(200, anonymous=401),
    ("POST", "/v1/videos"): Row(201, anonymous=401, body=NEW_VIDEO),
    ("GET", VIDEO): Row(404, named=200, owner=200),
    ("PATCH", VIDEO): owners(200, body={"title": "Mine"}, headers={"if-match": "*"}),
    ("DELETE", VIDEO): owners(204),
    ("GET", UPLOAD): owners(200),
    ("DELETE", UPLOAD): owners(204),
    ("POST", f"{UPLOAD}/parts"): owners(200, body={"part_numbers": [1]}),
    # The part was never sent.
    ("POST", f"{UPLOAD}/complete"): owners(409, body=PARTS),
    ("GET", f"{VIDEO}/viewers"): owners(200),
    ("PUT", f"{VIDEO}/viewers/{{handle}}"): owners(200),
    ("DELETE", f"{VIDEO}/viewers/{{handle}}"): owners(204),
}


@dataclass(frozen=True)
class Stage:
    """A world with somebody of each role in it."""

    world: World
    people: dict[str, Person | None]
    ready: str
    uploading: str

    def status(self, route: Route, role: str) -> int:
        method, path = route
        video_id = self.uploading if path.startswith(UPLOAD) else self.ready
        target = path.format(video_id=video_id, handle="named")
        row = MATRIX[route]
        headers = {**row.headers, **self.world.authorization(self.people[role])}
        return asgi.call(method, target, row.body, headers).status


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


@pytest.fixture
def stage(cloud: Cloud) -> Iterator[Stage]:
    with running(cloud, Plan()) as world:
        owner = world.owner()
        people: dict[str, Person | None] = {"anonymous": None, "owner": owner}
        for role in ("viewer", "creator", "admin"):
            people[role] = world.person(role, role)
        people["named"] = world.person("named", "viewer")
        ready = ready_video(world, owner, visibility="private")
        world.request("PUT", f"/v1/videos/{ready}/viewers/named", by=owner)
        created = world.request("POST", "/v1/videos", NEW_VIDEO, by=owner, expect=201).body
        yield Stage(world, people, ready, created["video"]["id"])


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
    found = {role: stage.status(route, role) for role in ROLES}
    assert found == {role: MATRIX[route].expected(role) for role in ROLES}


@pytest.mark.parametrize("route", every_route(), ids=" ".join)
def test_a_forged_token_opens_nothing(stage: Stage, route: Route) -> None:
    method, path = route
    target = path.format(video_id=stage.ready, handle="named")
    forged = {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9."}
    row = MATRIX[route]
    status = asgi.call(method, target, row.body, {**row.headers, **forged}).status
    if access_of(every_route()[route]).name == "anyone":
        assert status == row.expected("anonymous")
    else:
        assert status == 401
