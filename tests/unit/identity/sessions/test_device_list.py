"""The devices that are signed in, and throwing them out."""

from __future__ import annotations

import base64

import pytest

from socialflow.identity import wiring
from socialflow.identity.errors import UserChanged
from socialflow.platform.principal import Principal
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.identity.sessions.signed_in import after, call, sign_in
from tests.unit.in_process import InProcess

SESSIONS = "/v1/me/sessions"
NOBODYS = f"{SESSIONS}/ses_01M7YQ1WE0ZJ8X5V3A6C9D2F4G"


@pytest.fixture
def ann(api: InProcess) -> Member:
    return member(api, "ann")


def of(signed_in: object) -> Principal:
    return wiring.access_tokens().verify(getattr(signed_in, "access_token"))  # noqa: B009


def listed(who: Member, query: str = "") -> list[str]:
    response = who.call("GET", SESSIONS + query)
    assert response.status_code == 200
    return [each["id"] for each in response.json()["items"]]


class TestRefusals:
    def test_needs_a_caller(self, api: InProcess) -> None:
        for method, path in (("GET", SESSIONS), ("DELETE", SESSIONS), ("DELETE", NOBODYS)):
            assert code_of(api.request(method, path)) == "token_missing"

    @pytest.mark.parametrize("id", ["x", "ses_1", "USER", "ses_01M7YQ1WE0ZJ8X5V3A6C9D2F4G%23"])
    def test_other_texts_name_no_session(self, ann: Member, id: str) -> None:
        assert ann.call("DELETE", f"{SESSIONS}/{id}").status_code == 422

    def test_a_session_that_is_not_there(self, ann: Member) -> None:
        response = ann.call("DELETE", NOBODYS)
        assert (response.status_code, code_of(response)) == (404, "session_not_found")

    def test_somebody_elses_session_is_not_there(self, api: InProcess, ann: Member) -> None:
        ben = member(api, "ben")
        response = ann.call("DELETE", f"{SESSIONS}/{ben.principal.session_id}")
        assert code_of(response) == "session_not_found"
        assert ben.call("DELETE", SESSIONS).status_code == 204

    @pytest.mark.parametrize("position", ["USER", "PROVIDER#google", "Z" * 40, "SESSION"])
    def test_a_cursor_of_another_list_leads_nowhere(self, ann: Member, position: str) -> None:
        cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
        response = ann.call("GET", f"{SESSIONS}?cursor={cursor}")
        assert (response.status_code, code_of(response)) == (422, "cursor_invalid")


class TestList:
    def test_says_what_each_device_is(self, api: InProcess, ann: Member) -> None:
        tablet = sign_in(ann, device="Tablet\x00 1.0")
        first, second = call(api, "GET", SESSIONS, tablet).json()["items"]
        assert first.keys() == {
            *("id", "device", "method", "network", "created_at", "last_used_at", "is_current")
        }
        assert (first["device"], first["method"], first["is_current"]) == (
            *("Tablet 1.0", "password", True),
        )
        assert (second["id"], second["is_current"]) == (ann.principal.session_id, False)

    def test_follows_use_and_network(self, api: InProcess, ann: Member) -> None:
        tablet = sign_in(ann)
        with after(hours=3):
            token = {"refresh_token": tablet.refresh_token}
            assert api.post("/v1/auth/refresh", json=token).status_code == 200
        (shown, _) = ann.call("GET", SESSIONS).json()["items"]
        assert shown["last_used_at"] > shown["created_at"]
        assert shown["network"] == "127.0.0.1"

    def test_goes_page_by_page_through_those_that_are_open(self, ann: Member) -> None:
        opened = [of(sign_in(ann)).session_id for _ in range(7)]
        for session_id in opened[2:5]:
            ann.call("DELETE", f"{SESSIONS}/{session_id}")
        found: list[str] = []
        path = f"{SESSIONS}?limit=2"
        while path:
            page = ann.call("GET", path).json()
            assert len(page["items"]) <= 2
            found += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]
            path = f"{SESSIONS}?limit=2&cursor={cursor}" if cursor else ""
        open_ones = {ann.principal.session_id, *opened[:2], *opened[5:]}
        assert len(found) == len(open_ones)
        assert set(found) == open_ones


class TestEndingOne:
    def test_is_told_and_done_once(self, api: InProcess, ann: Member) -> None:
        tablet = sign_in(ann, device="Tablet")
        for _ in range(2):
            path = f"{SESSIONS}/{of(tablet).session_id}"
            assert ann.call("DELETE", path).status_code == 204
        assert listed(ann) == [ann.principal.session_id]
        token = {"refresh_token": tablet.refresh_token}
        assert api.post("/v1/auth/refresh", json=token).status_code == 401
        (entry,) = [item for item in everything() if item.get("act") == "session.ended"]
        assert entry["actor"] == entry["target"] == ann.user.id
        assert entry["before"] == {"device": "Tablet"}
        assert entry["address"] == "127.0.0.1"
        assert entry["request_id"]

    def test_the_present_one_not_excepted(self, ann: Member) -> None:
        path = f"{SESSIONS}/{ann.principal.session_id}"
        assert ann.call("DELETE", path).status_code == 204
        assert code_of(ann.call("DELETE", path)) == "session_ended"


class TestEndingAll:
    def test_but_for_the_one_that_asks(self, api: InProcess, ann: Member) -> None:
        others = [sign_in(ann) for _ in range(3)]
        assert ann.call("DELETE", SESSIONS).status_code == 204
        assert listed(ann) == [ann.principal.session_id]
        for each in others:
            assert call(api, "DELETE", SESSIONS, each).status_code == 401
            token = {"refresh_token": each.refresh_token}
            assert api.post("/v1/auth/refresh", json=token).status_code == 401
        (entry,) = [item for item in everything() if item.get("act") == "sessions.ended_all"]
        assert entry["before"] == {"but_for": ann.principal.session_id}

    def test_again_changes_nothing(self, ann: Member) -> None:
        sign_in(ann)
        ann.call("DELETE", SESSIONS)
        version = ann.now().version
        assert ann.call("DELETE", SESSIONS).status_code == 204
        assert ann.now().version == version

    def test_with_the_one_that_asks(self, ann: Member) -> None:
        assert ann.call("DELETE", f"{SESSIONS}?include_current=true").status_code == 204
        assert code_of(ann.call("DELETE", SESSIONS)) == "session_ended"

    def test_the_one_that_was_spared_can_be_ended_later(self, api: InProcess, ann: Member) -> None:
        ann.call("DELETE", SESSIONS)
        tablet = sign_in(ann)
        assert call(api, "DELETE", SESSIONS, tablet).status_code == 204
        assert ann.call("DELETE", SESSIONS).status_code == 401
        assert call(api, "GET", SESSIONS, tablet).status_code == 200

    def test_is_one_write_however_many_there_are(self, ann: Member) -> None:
        for _ in range(12):
            sign_in(ann)
        before = {each["sk"]: each for each in everything() if each.get("kind") == "session"}
        ann.call("DELETE", SESSIONS)
        after_it = {each["sk"]: each for each in everything() if each.get("kind") == "session"}
        assert after_it == before
        assert ann.now().sessions_epoch == 1

    def test_somebody_else_changing_the_account_is_waited_for(
        self, ann: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_in(ann)
        repository, tries = wiring.repository(), []
        save = repository.save_user

        def contended(*arguments: object, **named: object) -> object:
            tries.append(1)
            if len(tries) < 3:
                raise UserChanged
            return save(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(repository, "save_user", contended)
        assert ann.call("DELETE", SESSIONS).status_code == 204
        tries.clear()
        monkeypatch.setattr(
            repository, "save_user", lambda *_, **__: (_ for _ in ()).throw(UserChanged)
        )
        sign_in(ann)
        assert code_of(ann.call("DELETE", SESSIONS)) == "user_changed"
