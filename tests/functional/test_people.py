"""Profiles, pictures and roles in the deployed stack, each function with its own permissions."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from PIL import Image

from infra.local.grant import GrantFailed, grant
from infra.local.supervisor import LocalTarget
from tests.functional.people import Device, code_of, nobody
from tests.functional.waiting import wait_for

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
WHY = {"reason": "joins the team"}


def picture(colour: str) -> bytes:
    """A photograph that says where it was taken, with a script behind its end."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    written = io.BytesIO()
    Image.new("RGB", (900, 300), colour).save(written, "JPEG", exif=exif)
    return written.getvalue() + b"<script>alert(1)</script>"


def send(person: Device, kind: str, content: bytes, content_type: str = "image/jpeg") -> str:
    """Asks for an upload and sends it; returns its id."""
    asked = person.post(
        f"/v1/me/{kind}", json={"content_type": content_type, "size_bytes": len(content)}
    )
    assert asked.status_code == 200, asked.text
    upload = asked.json()
    sent = httpx.put(upload["upload_url"], content=content, headers=upload["headers"])
    assert sent.status_code == 200, sent.text
    upload_id: str = upload["upload_id"]
    return upload_id


def state(person: Device, kind: str) -> Any:
    return person.get(f"/v1/me/{kind}").json()


class TestPictures:
    @pytest.mark.parametrize(("kind", "size"), [("avatar", (256, 256)), ("banner", (1500, 500))])
    def test_is_drawn_shown_replaced_and_taken_away(
        self, ann: Device, kind: str, size: tuple[int, int]
    ) -> None:
        send(ann, kind, picture("red"))
        first = wait_for(lambda: state(ann, kind)["url"], "the picture")
        shown = httpx.get(urljoin(ann.origin, first))
        assert shown.headers["content-type"] == "image/webp"
        assert b"taken at home" not in shown.content
        assert b"<script>" not in shown.content
        assert Image.open(io.BytesIO(shown.content)).size == size
        profile = nobody(ann.origin).get(f"/v1/users/{ann.handle}").json()
        assert profile[f"{kind}_url"] == first
        send(ann, kind, picture("blue"))
        wait_for(lambda: state(ann, kind)["url"] != first, "the other picture")
        wait_for(lambda: not httpx.get(urljoin(ann.origin, first)).is_success, "the former gone")
        assert ann.delete(f"/v1/me/{kind}").status_code == 204
        assert state(ann, kind)["url"] is None

    def test_what_is_none_is_refused_with_a_reason(self, ann: Device) -> None:
        upload_id = send(ann, "avatar", SVG, "image/png")
        refused = wait_for(lambda: state(ann, "avatar")["refused"], "the refusal")
        assert refused == {
            "upload_id": upload_id,
            "reason": "This is no JPEG, PNG or WebP picture.",
        }


class TestProfiles:
    def test_of_two_that_look_alike_one_is_refused(self, ann: Device, bob: Device) -> None:
        wanted = f"{ann.handle[:20]}_rn"
        renamed = ann.request("PUT", "/v1/me/handle", json={"handle": wanted})
        assert renamed.status_code == 200, renamed.text
        look_alike = f"{ann.handle[:20]}_m"
        refused = bob.request("PUT", "/v1/me/handle", json={"handle": look_alike})
        assert (refused.status_code, code_of(refused)) == (409, "handle_taken")
        assert nobody(ann.origin).get(f"/v1/users/{wanted}").status_code == 200
        assert nobody(ann.origin).get(f"/v1/users/{ann.handle}").status_code == 404


class TestStaff:
    def test_an_operator_makes_an_admin_and_the_admin_others(
        self, target: LocalTarget, ann: Device, bob: Device
    ) -> None:
        found = f"/v1/admin/users?query={bob.handle}"
        assert code_of(ann.get(found)) == "role_missing"
        for _ in range(2):
            grant(target.engine_url, handle=ann.handle, role="admin", reason="first admin")
        # What was read of her session is forgotten within a minute.
        wait_for(lambda: ann.get(found).status_code == 200, "the role", seconds=60)
        (person,) = ann.get(found).json()["items"]
        role = f"/v1/admin/users/{person['id']}/roles/moderator"
        given = ann.request("PUT", role, json=WHY)
        assert given.status_code == 200, given.text
        assert "moderator" in given.json()["roles"]
        sessions = f"/v1/admin/users/{person['id']}/sessions"
        assert ann.request("DELETE", sessions, json=WHY).status_code == 204
        edit = bob.patch("/v1/me", json={"bio": "Hello."}, headers={"If-Match": "*"})
        assert (edit.status_code, code_of(edit)) == (401, "session_ended")
        told = ann.get(f"/v1/admin/audit?target={person['id']}").json()["items"]
        assert [each["act"] for each in told] == ["sessions.ended_all", "role.granted"]
        assert {each["actor"]["handle"] for each in told} == {ann.handle}
        first = ann.get("/v1/admin/audit?actor=operator&act=role").json()["items"]
        assert [each for each in first if each["target"]["handle"] == ann.handle]

    def test_nobody_is_made_an_admin_who_is_not_there(self, target: LocalTarget) -> None:
        with pytest.raises(GrantFailed):
            grant(target.engine_url, handle="nobody_at_all", role="admin", reason="a try")
