"""Roles: given by admins alone, for a reason and a time, told in the log, and gone at once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from functions.identity import grant_role
from socialflow.identity import wiring
from socialflow.identity.models import RoleGrant
from socialflow.identity.staff.errors import GrantExpired, PersonNotFound
from socialflow.platform.clock import to_rfc3339, utc_now
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.in_process import InProcess

WHY = {"reason": "joins the team"}


@pytest.fixture
def admin(api: InProcess) -> Member:
    return member(api, "root_user", "admin")


@pytest.fixture
def ann(api: InProcess) -> Member:
    return member(api, "ann")


def acts() -> list[dict[str, Any]]:
    return [item for item in everything() if item.get("kind") == "audit"]


def role_of(who: Member, role: str = "moderator") -> str:
    return f"/v1/admin/users/{who.user.id}/roles/{role}"


class TestWhoMay:
    @pytest.mark.parametrize("role", [None, "advertiser", "moderator", "finance"])
    def test_nobody_but_an_admin(self, api: InProcess, ann: Member, role: str | None) -> None:
        other = member(api, "other", *([role] if role else []))
        for method, path, body in [
            ("GET", "/v1/admin/users?query=ann", None),
            ("GET", f"/v1/admin/users/{ann.user.id}", None),
            ("GET", "/v1/admin/audit", None),
            ("PUT", role_of(ann), WHY),
            ("PUT", role_of(other, "admin"), WHY),
            ("DELETE", role_of(ann), WHY),
            ("DELETE", f"/v1/admin/users/{ann.user.id}/sessions", WHY),
        ]:
            assert api.request(method, path, json=body).status_code == 401
            answer = other.call(method, path, body)
            assert (answer.status_code, code_of(answer)) == (403, "role_missing"), (method, path)
        assert ann.now() == ann.user
        assert acts() == []

    def test_a_role_that_was_taken_away_is_gone_from_the_next_change_on(
        self, api: InProcess, admin: Member, ann: Member
    ) -> None:
        second = member(api, "second", "admin")
        assert second.call("PUT", role_of(ann), WHY).status_code == 200
        assert admin.call("DELETE", role_of(second, "admin"), WHY).status_code == 200
        answer = second.call("PUT", role_of(ann, "finance"), WHY)
        assert (answer.status_code, code_of(answer)) == (403, "role_missing")

    def test_a_role_holds_until_it_expires(self, api: InProcess, ann: Member) -> None:
        until = utc_now() + timedelta(minutes=5)
        timed = member(api, "timed", grants=(RoleGrant(role="admin", expires_at=until),))
        assert timed.call("GET", f"/v1/admin/users/{ann.user.id}").status_code == 200
        with time_machine.travel(until, tick=False):
            answer = timed.call("GET", f"/v1/admin/users/{ann.user.id}")
            assert code_of(answer) == "role_missing"
            assert timed.call("GET", "/v1/me").json()["roles"] == ["creator", "viewer"]

    def test_a_change_needs_a_recent_proof_and_a_look_does_not(
        self, admin: Member, ann: Member
    ) -> None:
        with time_machine.travel(utc_now() + timedelta(minutes=11), tick=False):
            assert admin.call("GET", "/v1/admin/users?query=ann").status_code == 200
            for method, path in [
                ("PUT", role_of(ann)),
                ("DELETE", role_of(ann)),
                ("DELETE", f"/v1/admin/users/{ann.user.id}/sessions"),
            ]:
                answer = admin.call(method, path, WHY)
                assert (answer.status_code, code_of(answer)) == (403, "step_up_required")


class TestGranting:
    def test_for_a_reason_and_a_time(self, admin: Member, ann: Member) -> None:
        until = utc_now() + timedelta(days=30)
        body = WHY | {"expires_at": to_rfc3339(until)}
        answer = admin.call("PUT", role_of(ann), body, X_Request_Id="the-request-1")
        assert answer.status_code == 200
        (grant,) = answer.json()["grants"]
        assert (grant["role"], grant["is_held"]) == ("moderator", True)
        assert answer.json()["roles"] == ["creator", "moderator", "viewer"]
        assert ann.call("GET", "/v1/me").json()["roles"] == ["creator", "moderator", "viewer"]
        login = wiring.repository().login("ann@example.com")
        assert login
        assert login.user == ann.now()
        (entry,) = acts()
        assert entry["act"] == "role.granted"
        assert (entry["actor"], entry["target"]) == (admin.user.id, ann.user.id)
        assert entry["before"] == {}
        assert entry["after"] == {"role": "moderator", "expires_at": to_rfc3339(until)}
        assert (entry["reason"], entry["request_id"]) == ("joins the team", "the-request-1")
        assert entry["address"]

    def test_again_is_told_once_and_another_time_is_told_again(
        self, admin: Member, ann: Member
    ) -> None:
        for _ in range(2):
            assert admin.call("PUT", role_of(ann), WHY).status_code == 200
        assert len(acts()) == 1
        until = to_rfc3339(utc_now() + timedelta(days=1))
        admin.call("PUT", role_of(ann), WHY | {"expires_at": until})
        told = sorted(acts(), key=lambda entry: str(entry["id"]))[-1]
        assert (told["before"], told["after"]) == (
            {"role": "moderator"},
            {"role": "moderator", "expires_at": until},
        )
        assert len(ann.now().grants) == 1

    def test_takes_it_away_again(self, admin: Member, ann: Member) -> None:
        admin.call("PUT", role_of(ann), WHY)
        admin.call("PUT", role_of(ann, "finance"), WHY)
        for _ in range(2):
            answer = admin.call("DELETE", role_of(ann), {"reason": "left the team"})
            assert answer.status_code == 200
        assert answer.json()["roles"] == ["creator", "finance", "viewer"]
        told = [entry for entry in acts() if entry["act"] == "role.revoked"]
        assert [entry["before"] for entry in told] == [{"role": "moderator"}]
        assert [entry["after"] for entry in told] == [{}]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"reason": ""},
            {"reason": "  x "},
            {"reason": "a\nb c"},
            {"reason": "x" * 301},
            WHY | {"expires_at": "2027-01-01T00:00:00"},
            WHY | {"expires_at": 5},
            WHY | {"expires_at": "tomorrow"},
            WHY | {"roles": ["admin"]},
            WHY | {"actor": "system"},
        ],
    )
    def test_refuses_what_says_no_why(
        self, admin: Member, ann: Member, body: dict[str, Any]
    ) -> None:
        answer = admin.call("PUT", role_of(ann), body)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")
        assert ann.now() == ann.user

    @pytest.mark.parametrize("role", ["viewer", "creator", "root", "owner", "Admin", "admin%20"])
    def test_refuses_what_is_no_role(self, admin: Member, ann: Member, role: str) -> None:
        answer = admin.call("PUT", role_of(ann, role), WHY)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")

    def test_refuses_a_time_that_is_over(self, admin: Member, ann: Member) -> None:
        body = WHY | {"expires_at": to_rfc3339(utc_now() - timedelta(seconds=1))}
        assert code_of(admin.call("PUT", role_of(ann), body)) == "grant_expired"

    def test_refuses_one_s_own_admin_role(self, admin: Member) -> None:
        for method in ("PUT", "DELETE"):
            answer = admin.call(method, role_of(admin, "admin"), WHY)
            assert (answer.status_code, code_of(answer)) == (409, "own_admin_role")
        assert admin.now() == admin.user

    def test_of_nobody(self, admin: Member) -> None:
        nobody = f"/v1/admin/users/usr_{'0' * 26}"
        for method, path in [
            ("PUT", f"{nobody}/roles/finance"),
            ("DELETE", f"{nobody}/roles/finance"),
            ("DELETE", f"{nobody}/sessions"),
        ]:
            assert code_of(admin.call(method, path, WHY)) == "user_not_found"
        assert code_of(admin.call("GET", nobody)) == "user_not_found"
        assert admin.call("GET", "/v1/admin/users/usr_x").status_code == 422


class TestLooking:
    def test_finds_one_by_whatever_names_it(self, admin: Member, ann: Member) -> None:
        ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"})
        for query in ("ann_bell", "@Ann_Bell", "ann", "ANN@example.com", ann.user.id):
            found = admin.call("GET", f"/v1/admin/users?query={query}").json()["items"]
            assert [each["id"] for each in found] == [ann.user.id], query
        for query in ("nobody", "nobody@example.com", f"usr_{'0' * 26}", "@@@", "a@b", "%20%20%20"):
            assert admin.call("GET", f"/v1/admin/users?query={query}").json() == {"items": []}
        shown = admin.call("GET", f"/v1/admin/users/{ann.user.id}").json()
        assert shown["person"]["email"] == "ann@example.com"
        assert [each["handle"] for each in shown["former_handles"]] == ["ann"]

    def test_shows_no_secret(self, admin: Member, ann: Member) -> None:
        text = admin.call("GET", f"/v1/admin/users/{ann.user.id}").text
        assert "hash" not in text
        assert "secret" not in text


class TestThrowingOut:
    def test_ends_every_session_at_once(self, admin: Member, ann: Member) -> None:
        for _ in range(2):
            path = f"/v1/admin/users/{ann.user.id}/sessions"
            assert admin.call("DELETE", path, {"reason": "stolen phone"}).status_code == 204
        answer = ann.call("PATCH", "/v1/me", {"bio": "x"}, If_Match="*")
        assert (answer.status_code, code_of(answer)) == (401, "session_ended")
        (entry,) = acts()
        assert (entry["act"], entry["reason"]) == ("sessions.ended_all", "stolen phone")


class TestOperator:
    def test_makes_the_first_admin(self, ann: Member) -> None:
        event = {"handle": "Ann", "role": "admin", "reason": "first admin"}
        context = SimpleNamespace(aws_request_id="lambda-request")
        for _ in range(2):
            answer = grant_role.handler(event, context)
            assert answer["roles"] == ["admin", "creator", "viewer"]
        (entry,) = acts()
        assert (entry["actor"], entry["request_id"]) == ("operator", "lambda-request")
        assert ann.call("GET", "/v1/admin/audit").status_code == 200

    def test_for_a_time(self, ann: Member) -> None:
        until = to_rfc3339(utc_now() + timedelta(days=1))
        grant_role.handler({"handle": "ann", "role": "admin", "expires_at": until}, object())
        (grant,) = ann.now().grants
        assert grant.expires_at
        assert to_rfc3339(grant.expires_at) == until

    @pytest.mark.parametrize(
        ("event", "error"),
        [
            ({"handle": "nobody", "role": "admin"}, PersonNotFound),
            ({"handle": "ann", "role": "root"}, ValueError),
            ({"role": "admin"}, KeyError),
            ({"handle": "ann", "role": "admin", "expires_at": "2020-01-01T00:00:00"}, ValueError),
            (
                {"handle": "ann", "role": "admin", "expires_at": "2020-01-01T00:00:00Z"},
                GrantExpired,
            ),
        ],
    )
    def test_is_told_what_is_wrong(
        self, ann: Member, event: dict[str, str], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            grant_role.handler(event, object())
        assert ann.now() == ann.user
