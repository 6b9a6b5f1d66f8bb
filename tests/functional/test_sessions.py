"""Sessions over all the deployed functions: ended by one, refused by every other; and cookies."""

from __future__ import annotations

import time

import httpx

from tests.functional.people import PASSWORD, Device, log_in
from tests.functional.waiting import wait_for

SESSIONS = "/v1/me/sessions"
READS_END_WITHIN_SECONDS = 60
NEW_VIDEO = {
    "title": "Mine",
    "visibility": "private",
    "file": {"name": "film.mp4", "size_bytes": 64, "content_type": "video/mp4"},
}


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["code"]
    return code


def current(device: Device) -> str:
    (found,) = [each["id"] for each in device.get(SESSIONS).json()["items"] if each["is_current"]]
    return str(found)


class TestThrowingOut:
    def test_a_device_writes_no_more_anywhere_and_reads_for_a_minute_at_most(
        self, origin: str, ann: Device
    ) -> None:
        phone = log_in(origin, ann.account)
        assert phone.get("/v1/me/videos").status_code == 200
        assert ann.delete(f"{SESSIONS}/{current(phone)}").status_code == 204
        ended = time.monotonic()
        for method, path, body in (
            ("POST", "/v1/videos", NEW_VIDEO),
            ("POST", "/v1/me/channel", None),
            ("PUT", f"/v1/users/{ann.handle}/follow", None),
            ("DELETE", SESSIONS, None),
        ):
            refused = phone.request(method, path, json=body)
            assert (refused.status_code, code_of(refused)) == (401, "session_ended"), path
        wait_for(
            lambda: phone.get("/v1/me/videos").status_code == 401,
            "reads of a session that was ended",
            seconds=READS_END_WITHIN_SECONDS,
        )
        assert time.monotonic() - ended <= READS_END_WITHIN_SECONDS
        assert ann.get("/v1/me/videos").status_code == 200

    def test_all_devices_but_this(self, origin: str, ann: Device) -> None:
        others = [log_in(origin, ann.account) for _ in range(2)]
        assert ann.delete(SESSIONS).status_code == 204
        for each in others:
            assert code_of(each.post("/v1/videos", json=NEW_VIDEO)) == "session_ended"
            again = each.post(
                "/v1/auth/refresh", json={"refresh_token": each.tokens["refresh_token"]}
            )
            assert code_of(again) == "refresh_token_invalid"
        assert [each["is_current"] for each in ann.get(SESSIONS).json()["items"]] == [True]


class TestCookies:
    def test_come_through_the_edge_and_back(self, origin: str, ann: Device) -> None:
        page = {"X-Session-Transport": "cookie", "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        login = {"email": ann.account["email"], "password": PASSWORD}
        signed_in = Device(origin).post("/v1/auth/login", json=login, headers=page)
        assert signed_in.json()["refresh_token"] is None
        cookies = signed_in.headers.get_list("set-cookie")
        assert [each.partition("=")[0] for each in cookies] == [
            "__Secure-sf_refresh",
            "__Secure-sf_device",
        ]
        for each in cookies:
            assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/v1/auth"} <= {
                part.strip() for part in each.split(";")
            }
        kept = "; ".join(each.partition(";")[0] for each in cookies)
        device = Device(origin)
        evil = device.post(
            "/v1/auth/refresh", headers={**page, "Cookie": kept, "Origin": "https://evil.example"}
        )
        assert (evil.status_code, code_of(evil)) == (403, "cross_site_request")
        refreshed = device.post("/v1/auth/refresh", headers={**page, "Cookie": kept})
        assert refreshed.status_code == 200
        device.use_tokens(refreshed.json())
        assert device.get("/v1/me").json()["handle"] == ann.handle
