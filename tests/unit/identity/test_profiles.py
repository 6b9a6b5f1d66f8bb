"""One's own profile: what may be said, what may not be reached, who is called what."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from socialflow.identity import people_wiring, wiring
from socialflow.identity.models import AccountState, User
from socialflow.identity.staff.audit import SYSTEM, Actor
from socialflow.platform.clock import utc_now
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.in_process import InProcess

XSS = "<img src=x onerror=alert(1)>\"'></script><script>alert(1)</script>{{7*7}}${7*7}"
ANY = {"If_Match": "*"}


@pytest.fixture
def ann(api: InProcess) -> Member:
    return member(api, "ann")


@pytest.fixture
def ben(api: InProcess) -> Member:
    return member(api, "ben")


def rename(who: Member, handle: str) -> User:
    """Past the API, whose tokens do not outlive the weeks between two changes."""
    return people_wiring.profiles().change_handle(who.principal, handle, actor=Actor(id=SYSTEM))


class TestSeeingOneself:
    def test_needs_a_token(self, api: InProcess) -> None:
        assert code_of(api.get("/v1/me")) == "token_missing"

    def test_shows_everything_and_its_version(self, ann: Member) -> None:
        answer = ann.call("GET", "/v1/me")
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"1.2"'
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert body["roles"] == ["creator", "viewer"]
        assert body["bio"] == ""
        assert body["links"] == body["interests"] == []
        unsaid = ("locale", "avatar_url", "banner_url", "birth_band", "handle_change_after")
        assert [body[name] for name in unsaid] == [None] * 5
        assert ann.call("GET", "/v1/me", If_None_Match='"1.2"').status_code == 304


class TestEditing:
    def test_needs_the_version_that_was_read(self, ann: Member) -> None:
        assert code_of(ann.call("PATCH", "/v1/me", {"bio": "x"})) == "if_match_required"
        stale = ann.call("PATCH", "/v1/me", {"bio": "x"}, If_Match='"7.2"')
        assert (stale.status_code, code_of(stale)) == (412, "profile_edited_meanwhile")
        assert code_of(ann.call("PATCH", "/v1/me", {"bio": "x"}, If_Match="x")) == "etag_invalid"

    def test_changes_what_is_given_and_nothing_else(self, ann: Member, api: InProcess) -> None:
        edit: dict[str, Any] = {
            "display_name": " Ann Bell ",
            "bio": "At sea.\n\n\n\nMostly.",
            "links": ["https://Example.com", "http://b\u00fccher.example/a"],
            "locale": "de_at",
            "birth_band": "25-34",
            "interests": ["music", "art", "music"],
        }
        answer = ann.call("PATCH", "/v1/me", edit, If_Match='"1.2"')
        assert answer.status_code == 200
        assert answer.headers["etag"] == '"2.2"'
        body = answer.json()
        assert body["display_name"] == "Ann Bell"
        assert body["bio"] == "At sea.\n\nMostly."
        assert body["links"] == ["https://example.com/", "http://xn--bcher-kva.example/a"]
        assert (body["locale"], body["birth_band"]) == ("de-AT", "25-34")
        assert body["interests"] == ["art", "music"]
        emptied = ann.call("PATCH", "/v1/me", {"locale": None, "birth_band": None}, **ANY).json()
        assert (emptied["locale"], emptied["birth_band"]) == (None, None)
        assert emptied["bio"] == body["bio"]
        kept = ann.now()
        assert kept.version == 3
        assert kept.handle == "ann"
        login = wiring.repository().login("ann@example.com")
        assert login
        assert login.user == kept
        shown = api.get("/v1/users/ANN").json()
        assert shown["display_name"] == "Ann Bell"
        assert "birth_band" not in shown
        assert "interests" not in shown
        assert "email" not in shown

    def test_that_changes_nothing_is_no_version(self, ann: Member) -> None:
        for _ in range(2):
            answer = ann.call("PATCH", "/v1/me", {"display_name": "Ann"}, **ANY)
            assert answer.headers["etag"] == '"1.2"'
        assert ann.call("PATCH", "/v1/me", {}, **ANY).status_code == 200

    @pytest.mark.parametrize(
        ("edit", "code"),
        [
            ({"display_name": ""}, "display_name_invalid"),
            ({"display_name": "Administrator"}, "display_name_invalid"),
            ({"display_name": "Soc\u0456al Fl\u043ew"}, "display_name_invalid"),
            ({"display_name": "\u202eAnn"}, "display_name_invalid"),
            ({"bio": "x" * 501}, "bio_invalid"),
            ({"bio": "\x00"}, "bio_invalid"),
            ({"links": ["javascript:alert(1)"]}, "link_invalid"),
            ({"links": ["https://user:secret@example.com"]}, "link_invalid"),
            ({"links": ["https://a.example"] * 6}, "validation_failed"),
            ({"locale": "<script>"}, "locale_invalid"),
            ({"birth_band": "12"}, "validation_failed"),
            ({"interests": ["faith"]}, "validation_failed"),
        ],
    )
    def test_refuses_what_cannot_be_shown(
        self, ann: Member, edit: dict[str, Any], code: str
    ) -> None:
        answer = ann.call("PATCH", "/v1/me", edit, **ANY)
        assert (answer.status_code, code_of(answer)) == (422, code)
        assert ann.now() == ann.user

    @pytest.mark.parametrize(
        "field",
        [
            {"roles": ["admin"]},
            {"role": "admin"},
            {"grants": [{"role": "admin"}]},
            {"is_admin": True},
            {"id": "usr_01K"},
            {"user_id": "usr_01K"},
            {"email": "mallory@example.com"},
            {"handle": "admin"},
            {"version": 99},
            {"state": "active"},
            {"has_password": False},
            {"second_factor": True},
            {"sessions_epoch": 9},
            {"avatar": "01K"},
            {"avatar_url": "https://evil.test/a.svg"},
            {"delete_after": None},
            {"created_at": "2020-01-01T00:00:00Z"},
            {"__proto__": {"roles": ["admin"]}},
        ],
    )
    def test_reaches_nothing_but_the_profile(self, ann: Member, field: dict[str, Any]) -> None:
        answer = ann.call("PATCH", "/v1/me", {"bio": "x", **field}, **ANY)
        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")
        assert ann.now() == ann.user

    def test_markup_comes_back_as_the_text_that_it_is(self, ann: Member, api: InProcess) -> None:
        link = f"https://example.com/{XSS}"
        edit = {"display_name": XSS[:28], "bio": XSS, "links": [link.replace(" ", "")]}
        edited = ann.call("PATCH", "/v1/me", edit, **ANY)
        assert edited.status_code == 200, edited.text
        for answer in (edited, ann.call("GET", "/v1/me"), api.get("/v1/users/ann")):
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            body = answer.json()
            assert body["display_name"] == XSS[:28]
            assert body["bio"] == XSS
            assert not set(body["links"][0]) & set("<>\"' ")

    def test_two_edits_of_one_version_do_not_both_succeed(self, ann: Member) -> None:
        first = ann.call("PATCH", "/v1/me", {"bio": "one"}, If_Match='"1.2"')
        second = ann.call("PATCH", "/v1/me", {"bio": "two"}, If_Match='"1.2"')
        assert (first.status_code, second.status_code) == (200, 412)
        assert ann.now().bio == "one"


class TestHandles:
    @pytest.mark.parametrize(
        ("handle", "code"),
        [
            ("ben", "handle_taken"),
            ("BEN", "handle_taken"),
            ("b3n!", "validation_failed"),
            ("\u0430nn", "validation_failed"),
            ("x", "validation_failed"),
            ("admin", "handle_reserved"),
            ("adm1n", "handle_reserved"),
            ("_admin_", "handle_reserved"),
        ],
    )
    def test_refuses_another_s_and_ours(
        self, ann: Member, ben: Member, handle: str, code: str
    ) -> None:
        assert ben.user.handle == "ben"
        assert code_of(ann.call("PUT", "/v1/me/handle", {"handle": handle})) == code
        assert ann.now() == ann.user

    @pytest.mark.parametrize("handle", ["rnarina", "mar1na", "marlna", "MARINA", "rnar1na"])
    def test_refuses_a_look_alike(self, api: InProcess, ann: Member, handle: str) -> None:
        member(api, "marina")
        answer = ann.call("PUT", "/v1/me/handle", {"handle": handle})
        assert (answer.status_code, code_of(answer)) == (409, "handle_taken")
        assert ann.now() == ann.user
        assert api.get("/v1/users/ann").json()["id"] == ann.user.id

    def test_moves_and_leaves_the_former_to_nobody(self, ann: Member, api: InProcess) -> None:
        moved = ann.call("PUT", "/v1/me/handle", {"handle": "Ann_Bell"})
        assert moved.status_code == 200
        assert moved.json()["handle"] == "ann_bell"
        assert moved.json()["handle_change_after"]
        assert ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"}).json() == moved.json()
        assert api.get("/v1/users/ann_bell").json()["id"] == ann.user.id
        gone = api.get("/v1/users/ann")
        assert (gone.status_code, code_of(gone)) == (404, "user_not_found")
        login = wiring.repository().login("ann@example.com")
        assert login
        assert login.user.handle == "ann_bell"
        again = ann.call("PUT", "/v1/me/handle", {"handle": "annie"})
        assert (again.status_code, code_of(again)) == (409, "handle_changed_recently")

    def test_given_up_is_nobody_else_s_for_ninety_days(
        self, ann: Member, ben: Member, api: InProcess
    ) -> None:
        with time_machine.travel(utc_now(), tick=False) as clock:
            ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"})
            for wanted in ("ann", "ann_be11"):
                answer = ben.call("PUT", "/v1/me/handle", {"handle": wanted})
                assert code_of(answer) == "handle_taken"
            clock.shift(91 * 24 * 3600)
            # DynamoDB removes what is over some time later: what is there counts as gone.
            renamed = rename(ben, "ann")
        assert renamed.handle == "ann"
        profile = wiring.repository().profile_by_handle("ann")
        assert profile
        assert profile.id == ben.user.id

    def test_can_be_had_back_by_its_former_owner(self, ann: Member) -> None:
        with time_machine.travel(utc_now(), tick=False) as clock:
            rename(ann, "ann_bell")
            clock.shift(15 * 24 * 3600)
            rename(ann, "ann_beii")
            clock.shift(15 * 24 * 3600)
            back = rename(ann, "ann")
        assert back.handle == "ann"
        held = {
            item["pk"]: item.get("expires_at") is None
            for item in everything()
            if item["pk"].startswith(("HANDLE#", "SKELETON#"))
        }
        assert held == {
            "HANDLE#ann": True,
            "HANDLE#ann_bell": False,
            "HANDLE#ann_beii": False,
            "SKELETON#ann": True,
            "SKELETON#ann_bell": False,
        }

    def test_is_kept_in_history_and_in_the_audit(self, ann: Member) -> None:
        ann.call("PUT", "/v1/me/handle", {"handle": "ann_bell"}, X_Request_Id="the-request-1")
        (former,) = [item for item in everything() if item.get("kind") == "former_name"]
        assert former["handle"] == "ann"
        assert former["pk"] == f"USER#{ann.user.id}"
        (entry,) = [item for item in everything() if item.get("kind") == "audit"]
        assert (entry["act"], entry["actor"], entry["target"]) == (
            "handle.changed",
            ann.user.id,
            ann.user.id,
        )
        assert (entry["before"], entry["after"]) == ({"handle": "ann"}, {"handle": "ann_bell"})
        assert entry["request_id"] == "the-request-1"

    def test_of_two_people_one_gets_it(self, ann: Member, ben: Member) -> None:
        codes = {
            who.user.handle: who.call("PUT", "/v1/me/handle", {"handle": wanted}).status_code
            for who, wanted in ((ann, "willow"), (ben, "vvillow"))
        }
        assert codes == {"ann": 200, "ben": 409}


class TestOthers:
    def test_see_nobody_where_nobody_is(self, api: InProcess) -> None:
        answer = api.get("/v1/users/nobody_here")
        assert (answer.status_code, code_of(answer)) == (404, "user_not_found")
        assert api.get("/v1/users/a%27b").status_code == 422

    def test_see_nobody_who_is_leaving(self, api: InProcess) -> None:
        member(api, "ann", state=AccountState.CLOSING)
        assert api.get("/v1/users/ann").status_code == 404
