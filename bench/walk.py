"""A walk through the whole product that meets every route and every handler once.

In the crash-point world: the real application in this process, events delivered as they follow.
"""

from __future__ import annotations

from typing import Any, Final

from bench.asking import ask, warm
from bench.walk_accounts import walk_accounts
from bench.walk_broadcasts import walk_broadcasts
from tests.crash_points.plan import Person
from tests.crash_points.videos_processing import FILM
from tests.crash_points.world import World
from tests.unit.identity.requests import mailed_code

PASSWORD: Final = "a long walk by the river"  # noqa: S105 - nobody's
RECONCILE: Final = "videos.every_5_minutes_reconcile"
ROTATE: Final = "identity.every_day_rotate_signing_keys"
TITLES: Final = ("First light", "Second light")


def walk(world: World) -> None:
    """Everything, in an order in which each step has what it needs."""
    ann, ben = world.owner(), world.person("ben")
    warm(world, ann)
    _sign_in(world)
    first = _upload(world, ann, TITLES[0], visibility="public")
    second = _upload(world, ann, TITLES[1], visibility="private")
    ask(world, "PUT", f"/v1/videos/{second}/viewers/ben", by=ann)
    _read(world, ann, ben, first, second)
    _change(world, ann, first, second)
    _give_up(world, ann)
    walk_accounts(world, ann)
    walk_broadcasts(world, ann, ben)
    ask(world, "GET", "/v1/health")
    ask(world, "GET", "/v1/ready")


def _sign_in(world: World) -> None:
    account = {
        "email": "cleo@example.test",
        "password": PASSWORD,
        "handle": "cleo",
        "display_name": "Cleo",
    }
    begun = ask(world, "POST", "/v1/auth/register", account, expect=202)
    world.settle()
    token = begun["registration_token"]
    typed = {"registration_token": token, "code": mailed_code(token)}
    ask(world, "POST", "/v1/auth/register/verify", typed, expect=201)
    world.settle()
    login = {"email": account["email"], "password": PASSWORD}
    tokens = ask(world, "POST", "/v1/auth/login", login)
    refreshed = {"refresh_token": tokens["refresh_token"]}
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    ask(world, "GET", "/v1/me", headers=bearer)
    ask(world, "POST", "/v1/auth/refresh", refreshed)
    ask(world, "POST", "/v1/auth/logout", headers=bearer, expect=204)
    ask(world, "GET", "/.well-known/jwks.json")
    world.wake(ROTATE)


def _upload(world: World, ann: Person, title: str, *, visibility: str) -> str:
    created = _create(world, ann, title, visibility=visibility)
    target = f"/v1/videos/{created['video']['id']}/upload"
    parts = {"parts": world.put_parts(created, FILM)}
    if title == TITLES[0]:
        ask(world, "GET", target, by=ann)
        ask(world, "POST", f"{target}/parts", {"part_numbers": [1]}, by=ann)
        world.mediaconvert.duration_s = 90.0
    ask(world, "POST", f"{target}/complete", parts, by=ann)
    world.settle()
    world.mediaconvert.progress("full", 40)
    world.settle()
    if title == TITLES[0]:
        world.mediaconvert.complete("preview")
        world.settle()
        world.mediaconvert.duration_s = 12.5
    world.mediaconvert.complete("full")
    world.settle()
    video_id: str = created["video"]["id"]
    return video_id


def _create(world: World, ann: Person, title: str, *, visibility: str) -> Any:
    body = {
        "title": title,
        "description": "Four kilometres from the old mill to the sea, without a cut. " * 5,
        "tags": ["walk", "river", "november"],
        "visibility": visibility,
        "file": {"name": "film.mp4", "size_bytes": len(FILM), "content_type": "video/mp4"},
    }
    key = {"idempotency-key": title.replace(" ", "-")}
    return ask(world, "POST", "/v1/videos", body, by=ann, headers=key, expect=201)


def _read(world: World, ann: Person, ben: Person, first: str, second: str) -> None:
    ask(world, "GET", f"/v1/videos/{first}", by=ann)
    ask(world, "GET", f"/v1/videos/{second}", by=ben)
    ask(world, "GET", "/v1/me/videos", by=ann)
    ask(world, "GET", "/v1/users/ann/videos", by=ben)
    ask(world, "GET", f"/v1/videos/{second}/viewers", by=ann)


def _change(world: World, ann: Person, first: str, second: str) -> None:
    edit = {"title": "Another light", "visibility": "private"}
    ask(world, "PATCH", f"/v1/videos/{first}", edit, by=ann, headers={"if-match": "*"})
    world.settle()
    ask(world, "DELETE", f"/v1/videos/{second}/viewers/ben", by=ann, expect=204)
    ask(world, "DELETE", f"/v1/videos/{first}", by=ann, expect=204)
    world.settle()
    world.pass_time(minutes=15)
    world.wake(RECONCILE)


def _give_up(world: World, ann: Person) -> None:
    warm(world, ann)
    created = _create(world, ann, "Third light", visibility="public")
    target = f"/v1/videos/{created['video']['id']}/upload"
    ask(world, "DELETE", target, by=ann, expect=204)
    world.settle()
