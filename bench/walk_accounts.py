"""Reading what accounts show: to their owners, to anybody, and to admins."""

from __future__ import annotations

from typing import Final

from bench.asking import ask
from tests.crash_points.plan import Person
from tests.crash_points.world import World

OWN: Final = (
    "/v1/me",
    "/v1/me/avatar",
    "/v1/me/banner",
    "/v1/me/passkeys",
    "/v1/me/providers",
    "/v1/me/security",
    "/v1/me/sessions",
    "/v1/me/exports",
)


def walk_accounts(world: World, ann: Person) -> None:
    """Every GET of identity but that of one export, which a scenario has."""
    for path in OWN:
        ask(world, "GET", path, by=ann)
    ask(world, "GET", f"/v1/users/{ann.user.handle}")
    ask(world, "GET", "/v1/auth/providers")
    admin = world.person("robin", "admin")
    edit = {"bio": "Walks by the river."}
    ask(world, "PATCH", "/v1/me", edit, by=ann, headers={"if-match": "*"})
    for query in (ann.user.handle, ann.user.email, ann.user.id):
        ask(world, "GET", f"/v1/admin/users?query={query}", by=admin)
    ask(world, "GET", f"/v1/admin/users/{ann.user.id}", by=admin)
    for query in ("", f"?target={ann.user.id}", f"?actor={ann.user.id}"):
        ask(world, "GET", f"/v1/admin/audit{query}", by=admin)
