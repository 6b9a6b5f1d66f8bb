"""A page's tokens in cookies: what they are like, and that no other site can use them."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from socialflow.identity import wiring
from tests.unit.identity.members import Member, everything, member
from tests.unit.identity.requests import code_of
from tests.unit.identity.sessions.signed_in import (
    DEVICE_COOKIE,
    OUR_PAGE,
    OWN_ORIGIN,
    REFRESH_COOKIE,
    call,
    cookies_of,
    sign_in,
)
from tests.unit.identity.sessions.small_api import small_api
from tests.unit.in_process import InProcess

REFRESH = "/v1/auth/refresh"
LOGOUT = "/v1/auth/logout"


@pytest.fixture
def ann(api: InProcess) -> Member:
    return member(api, "ann")


def with_cookie(token: str, **headers: str) -> dict[str, str]:
    return {**OUR_PAGE, "Cookie": f"{REFRESH_COOKIE}={token}", **headers}


def refresh(api: InProcess, token: str, **headers: str) -> Response:
    return api.post(REFRESH, json={}, headers=with_cookie(token, **headers))


def generation(signed_in: Any) -> int:
    principal = wiring.access_tokens().verify(signed_in.access_token)
    (item,) = [each for each in everything() if each.get("session_id") == principal.session_id]
    found: int = item["generation"]
    return found


OTHER_SITES = {
    "of another origin": {"Origin": "https://evil.example"},
    "of a look-alike": {"Origin": OWN_ORIGIN + ".evil.example"},
    "of another scheme": {"Origin": OWN_ORIGIN.replace("http:", "https:")},
    "of another port": {"Origin": "http://localhost:8081"},
    "of a sandbox": {"Origin": "null"},
    "of no origin": {"Origin": ""},
    "as the browser says": {"Sec-Fetch-Site": "cross-site"},
    "as a subdomain": {"Sec-Fetch-Site": "same-site"},
}


class TestCrossSiteRequests:
    @pytest.mark.parametrize("headers", OTHER_SITES.values(), ids=OTHER_SITES)
    @pytest.mark.parametrize("path", [REFRESH, LOGOUT, "/v1/auth/login"])
    def test_are_refused(
        self, api: InProcess, ann: Member, path: str, headers: dict[str, str]
    ) -> None:
        signed_in = sign_in(ann)
        body = {"email": "ann@example.com", "password": "x"} if path.endswith("login") else {}
        response = api.post(
            path, json=body, headers=with_cookie(signed_in.refresh_token, **headers)
        )
        assert (response.status_code, code_of(response)) == (403, "cross_site_request")
        assert not cookies_of(response)
        assert generation(signed_in) == 0
        assert refresh(api, signed_in.refresh_token).status_code == 200

    def test_a_form_of_another_site_sends_no_header_so_its_cookie_counts_for_nothing(
        self, api: InProcess, ann: Member
    ) -> None:
        """A plain form or image: cookies would come along, were they not SameSite=Strict."""
        signed_in = sign_in(ann)
        headers = with_cookie(signed_in.refresh_token, Origin="https://evil.example")
        del headers["X-Session-Transport"]
        assert code_of(api.post(REFRESH, headers=headers)) == "refresh_token_invalid"
        assert api.post(LOGOUT, headers=headers).status_code == 204
        assert refresh(api, signed_in.refresh_token).status_code == 200

    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    def test_no_other_origin_is_ever_allowed_to_ask(self, api: InProcess, path: str) -> None:
        """The preflight that a page needs for the header is not answered (CORS)."""
        asks = {
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-session-transport",
        }
        for response in (
            api.request("OPTIONS", path, headers=asks),
            api.post(path, json={}, headers={"Origin": "https://evil.example"}),
        ):
            assert not [name for name in response.headers if name.startswith("access-control")]

    def test_a_cookie_opens_no_other_route(self, api: InProcess, ann: Member) -> None:
        headers = with_cookie(sign_in(ann).refresh_token)
        assert code_of(api.get("/v1/me", headers=headers)) == "token_missing"
        assert code_of(api.request("DELETE", "/v1/me/sessions", headers=headers)) == "token_missing"

    @pytest.mark.parametrize(
        ("site", "origin", "status"),
        [
            ("same-origin", "https://d111111abcdef8.cloudfront.net", 200),
            ("cross-site", "https://socialflow.example", 403),
            ("", "https://socialflow.example", 200),
            ("", "https://evil.example", 403),
            ("", "", 403),
        ],
    )
    def test_where_the_origin_is_not_known_the_browser_or_the_host_says_whose_page_it_is(
        self,
        api: InProcess,
        ann: Member,
        monkeypatch: pytest.MonkeyPatch,
        site: str,
        origin: str,
        status: int,
    ) -> None:
        monkeypatch.setenv("SF_PUBLIC_ORIGIN", "")
        headers = with_cookie(sign_in(ann).refresh_token)
        del headers["Sec-Fetch-Site"], headers["Origin"]
        headers |= {"Sec-Fetch-Site": site} if site else {}
        headers |= {"Origin": origin} if origin else {}
        assert api.post(REFRESH, json={}, headers=headers).status_code == status


class TestCookies:
    def test_are_for_no_script_no_plain_http_no_other_site_and_no_other_path(
        self, api: InProcess, ann: Member
    ) -> None:
        cookies = cookies_of(refresh(api, sign_in(ann).refresh_token))
        assert set(cookies) == {REFRESH_COOKIE}
        assert cookies[REFRESH_COOKIE].attributes == {
            "httponly": "",
            "secure": "",
            "samesite": "strict",
            "path": "/v1/auth",
            "max-age": str(30 * 24 * 3600),
        }

    def test_take_the_tokens_place_in_the_body(self, api: InProcess, ann: Member) -> None:
        response = refresh(api, sign_in(ann).refresh_token)
        body = response.json()
        assert (body["refresh_token"], body["device_token"]) == (None, None)
        assert cookies_of(response)[REFRESH_COOKIE].value not in response.text
        bearer = {"Authorization": f"Bearer {body['access_token']}"}
        assert api.get("/v1/me", headers=bearer).status_code == 200

    def test_go_on_from_refresh_to_refresh(self, api: InProcess, ann: Member) -> None:
        token = sign_in(ann).refresh_token
        for _ in range(3):
            response = refresh(api, token)
            assert response.status_code == 200
            token = cookies_of(response)[REFRESH_COOKIE].value

    def test_an_empty_body_is_enough(self, api: InProcess, ann: Member) -> None:
        headers = with_cookie(sign_in(ann).refresh_token)
        assert api.post(REFRESH, headers=headers).status_code == 200

    def test_a_token_in_the_body_is_not_taken_for_one(self, api: InProcess, ann: Member) -> None:
        sent = {"refresh_token": sign_in(ann).refresh_token}
        assert code_of(api.post(REFRESH, json=sent, headers=OUR_PAGE)) == "refresh_token_invalid"

    def test_are_taken_back_at_logout(self, api: InProcess, ann: Member) -> None:
        signed_in = sign_in(ann)
        response = api.post(LOGOUT, headers=with_cookie(signed_in.refresh_token))
        assert response.status_code == 204
        cookie = cookies_of(response)[REFRESH_COOKIE]
        assert (cookie.value, cookie.attributes["max-age"]) == ("", "0")
        assert cookie.attributes["path"] == "/v1/auth"
        assert refresh(api, signed_in.refresh_token).status_code == 401
        assert call(api, "DELETE", "/v1/me/sessions", signed_in).status_code == 401

    def test_logout_ends_the_cookies_session_beside_the_bearers(
        self, api: InProcess, ann: Member
    ) -> None:
        first, second = sign_in(ann), sign_in(ann)
        headers = with_cookie(second.refresh_token)
        assert call(api, "POST", LOGOUT, first, headers=headers).status_code == 204
        for each in (first, second):
            assert refresh(api, each.refresh_token).status_code == 401

    @pytest.mark.parametrize("token", ["", "x", "sfr1.a.b.c.0.d.e", "A" * 5000])
    def test_what_is_no_token_is_refused_without_a_read(self, api: InProcess, token: str) -> None:
        assert code_of(refresh(api, token)) == "refresh_token_invalid"
        assert api.post(LOGOUT, headers=with_cookie(token)).status_code == 204


class TestSigningIn:
    def test_a_known_device_is_known_by_its_cookie(self, api: InProcess, ann: Member) -> None:
        first = enter(ann)
        device = cookies_of(first)[DEVICE_COOKIE]
        assert device.attributes == {
            "httponly": "",
            "secure": "",
            "samesite": "strict",
            "path": "/v1/auth",
            "max-age": str(400 * 24 * 3600),
        }
        assert first.json()["device_token"] is None
        enter(ann, Cookie=f"{DEVICE_COOKIE}={device.value}")
        assert mails() == ["new_device"]

    def test_an_app_keeps_its_tokens_itself(self, ann: Member) -> None:
        first = small_api().post(f"/v1/auth/enter?user_id={ann.user.id}")
        assert not cookies_of(first)
        token = first.json()["device_token"]
        again = {"X-Device-Token": token}
        small_api().post(f"/v1/auth/enter?user_id={ann.user.id}", headers=again)
        assert mails() == ["new_device"]

    def test_what_was_there_before_becomes_no_part_of_the_session(
        self, api: InProcess, ann: Member
    ) -> None:
        """Session fixation: a thief's own tokens are planted in the browser that signs in."""
        planted = sign_in(member(api, "thief"))
        jar = f"{REFRESH_COOKIE}={planted.refresh_token}; {DEVICE_COOKIE}={planted.device_token}"
        response = enter(ann, Cookie=jar)
        opened = wiring.refresh_tokens().open(cookies_of(response)[REFRESH_COOKIE].value)
        theirs = wiring.refresh_tokens().open(planted.refresh_token)
        assert response.json()["user"]["handle"] == "ann"
        assert opened.session_id != theirs.session_id
        assert opened.root != theirs.root
        assert mails() == ["new_device", "new_device"], "Ann never signed in on the thief's device"

    def test_every_sign_in_is_a_session_of_its_own(self, ann: Member) -> None:
        values = [cookies_of(enter(ann))[REFRESH_COOKIE].value for _ in range(4)]
        opened = [wiring.refresh_tokens().open(value) for value in values]
        assert len({each.session_id for each in opened}) == 4
        assert len({each.root for each in opened}) == 4


def enter(who: Member, **headers: str) -> Response:
    """Somebody signs in through a page of ours."""
    path = f"/v1/auth/enter?user_id={who.user.id}"
    return small_api().post(path, headers={**OUR_PAGE, **headers})


def mails() -> list[str]:
    """The notices that were asked for."""
    return [each["notice"] for each in everything() if each.get("kind") == "mail"]
