"""Profiles, handles and pictures of people, and what staff do with accounts."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

from tests.crash_points.cloud import UPLOADS
from tests.crash_points.harness import Scenario
from tests.crash_points.people import put_session
from tests.crash_points.plan import Person
from tests.crash_points.world import World

ME: Final = "/v1/me"
WHY: Final = {"reason": "joins the team"}
GRANT_ROLE: Final = "identity.grant_role"


def only_identity(world: World) -> Person:
    """Ann, where only identity hears events."""
    world.around.contexts = frozenset({"identity"})
    return world.owner()


def profile_is_edited(world: World) -> None:
    ann = only_identity(world)
    edit = {"display_name": "Ann Bell", "bio": "At sea.", "links": ["https://example.com"]}
    tag = {"if-match": '"1.2"'}
    world.request("PATCH", ME, edit, by=ann, headers=tag, again=412)
    world.settle()
    assert world.look("/v1/users/ann")["display_name"] == "Ann Bell"


def handle_is_changed_and_had_back(world: World) -> None:
    ann, ben = only_identity(world), world.person("ben")
    world.request("PUT", f"{ME}/handle", {"handle": "ann_bell"}, by=ann)
    world.settle()
    world.request("PUT", f"{ME}/handle", {"handle": "ann"}, by=ben, expect=409)
    assert world.look("/v1/users/ann_bell")["id"] == ann.user.id
    world.look("/v1/users/ann")
    world.pass_time(days=15)
    world.request("PUT", f"{ME}/handle", {"handle": "ann"}, by=ann)
    world.settle()
    assert world.look("/v1/users/ann")["id"] == ann.user.id


def avatar_is_shown_replaced_and_refused(world: World) -> None:
    ann = only_identity(world)
    _sent(world, ann, "avatar", PNG)
    _sent(world, ann, "avatar", PNG)
    _sent(world, ann, "avatar", b"<svg/>")
    assert world.look("/v1/users/ann")["avatar_url"]
    assert world.look(f"{ME}/avatar", by=ann)["refused"]
    world.request("DELETE", f"{ME}/avatar", by=ann, expect=204)
    world.settle()
    assert world.look(f"{ME}/avatar", by=ann) == {"url": None, "refused": None}


def banner_is_shown_and_taken_away(world: World) -> None:
    ann = only_identity(world)
    _sent(world, ann, "banner", PNG)
    assert world.look("/v1/users/ann")["banner_url"]
    world.request("DELETE", f"{ME}/banner", by=ann, expect=204)
    world.settle()
    assert world.look("/v1/users/ann")["banner_url"] is None


def roles_are_given_and_taken(world: World) -> None:
    ann, admin = only_identity(world), world.person("staff_member", "admin")
    role = f"/v1/admin/users/{ann.user.id}/roles"
    until = {"expires_at": "2027-01-01T00:00:00Z"}
    world.request("PUT", f"{role}/moderator", WHY | until, by=admin)
    world.request("PUT", f"{role}/finance", WHY, by=admin)
    world.request("DELETE", f"{role}/finance", {"reason": "left the team"}, by=admin)
    world.settle()
    shown = world.look(f"/v1/admin/users/{ann.user.id}", by=admin)
    assert shown["person"]["roles"] == ["creator", "moderator", "viewer"]
    assert len(world.look("/v1/admin/audit", by=admin)["items"]) == 3


def first_admin_is_made(world: World) -> None:
    ann = only_identity(world)
    world.wake(GRANT_ROLE, {"handle": "ann", "role": "admin", "reason": "first admin"})
    assert world.look("/v1/admin/audit", by=ann)["items"][0]["actor_id"] == "operator"


def devices_are_thrown_out_by_staff(world: World) -> None:
    ann, admin = only_identity(world), world.person("staff_member", "admin")
    put_session(world.cloud, ann.user)
    target = f"/v1/admin/users/{ann.user.id}/sessions"
    world.request("DELETE", target, {"reason": "stolen phone"}, by=admin, expect=204)
    world.settle()
    edit = {"bio": "Still here."}
    any_version = {"if-match": "*"}
    world.request("PATCH", ME, edit, by=ann, headers=any_version, expect=401)


def _sent(world: World, owner: Person, kind: str, content: bytes) -> None:
    """Somebody asks for an upload, sends it, and S3 tells of it."""
    body = {"content_type": "image/png", "size_bytes": len(content)}
    asked: Any = world.request("POST", f"{ME}/{kind}", body, by=owner).body
    key = f"profiles/{owner.user.id}/{kind}/{asked['upload_id']}"
    world.cloud.put_object(UPLOADS, key, content)
    detail = {"bucket": {"name": UPLOADS}, "object": {"key": key, "size": len(content)}}
    world.around.emit("aws.s3", "Object Created", detail)
    world.settle()


def _png() -> bytes:
    """The smallest picture that is taken: 64 pixels a side."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checked = name + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = (b"\x00" + bytes(3 * 64)) * 64
    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PNG: Final = _png()
IDENTITY_PEOPLE: Final[tuple[Scenario, ...]] = (
    profile_is_edited,
    handle_is_changed_and_had_back,
    avatar_is_shown_replaced_and_refused,
    banner_is_shown_and_taken_away,
    roles_are_given_and_taken,
    first_admin_is_made,
    devices_are_thrown_out_by_staff,
)
