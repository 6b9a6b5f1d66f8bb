"""Lists stay stable while things come and go, and repeated requests are done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import media
from tests.functional.account import AwsAccount
from tests.functional.people import Device, code_of, log_in, mailbox_of, nobody, video_body


def _new(person: Device, title: str) -> str:
    return person.create(b"0123456789", title=title).video_id


def _page(person: Device, cursor: str | None, limit: int = 2) -> tuple[list[str], str | None]:
    query: dict[str, Any] = {"limit": limit} | ({"cursor": cursor} if cursor else {})
    answer = person.get("/v1/me/videos", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [each["title"] for each in body["items"]], body["next_cursor"]


class TestMyVideos:
    def test_pages_neither_repeat_nor_skip_while_videos_are_added(self, ann: Device) -> None:
        for number in range(5):
            _new(ann, f"video {number}")

        first, cursor = _page(ann, None)
        _new(ann, "added meanwhile")
        second, cursor = _page(ann, cursor)
        third, end = _page(ann, cursor)

        assert first + second + third == [f"video {number}" for number in (4, 3, 2, 1, 0)]
        assert end is None
        assert _page(ann, None)[0] == ["added meanwhile", "video 4"]

    def test_a_page_goes_on_after_its_last_video_was_deleted(self, ann: Device) -> None:
        ids = [_new(ann, f"video {number}") for number in range(4)]
        _, cursor = _page(ann, None)

        assert ann.delete(f"/v1/videos/{ids[2]}").status_code == 204

        assert _page(ann, cursor) == (["video 1", "video 0"], None)

    def test_they_are_of_the_caller_alone(self, ann: Device, bob: Device) -> None:
        _new(ann, "mine")

        assert _page(bob, None) == ([], None)

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"limit": 0}, "validation_failed"),
            ({"limit": 101}, "validation_failed"),
            ({"limit": "ten"}, "validation_failed"),
            ({"cursor": "made-up"}, "cursor_invalid"),
            ({"cursor": "x" * 401}, "validation_failed"),
        ],
    )
    def test_limits_and_cursors_of_their_own_making_are_refused(
        self, query: dict[str, Any], code: str, ann: Device
    ) -> None:
        answer = ann.get("/v1/me/videos", params=query)

        assert (answer.status_code, code_of(answer)) == (422, code)


class TestChannel:
    def test_it_lists_public_videos_that_play_newest_first(self, ann: Device) -> None:
        shown = [ann.upload(media.one_second(), title=title) for title in ("old", "new")]
        ann.upload(media.one_second(), title="hidden", visibility="unlisted")
        _new(ann, "not uploaded")
        for video_id in shown:
            ann.wait_until_ready(video_id)
        stranger = nobody(ann.origin)
        path = f"/v1/users/{ann.handle.upper()}/videos"

        first = stranger.get(path, params={"limit": 1}).json()
        second = stranger.get(path, params={"limit": 5, "cursor": first["next_cursor"]}).json()

        titles = [each["title"] for page in (first, second) for each in page["items"]]
        assert sorted(titles) == ["new", "old"]
        assert second["next_cursor"] is None
        unknown = stranger.get("/v1/users/nobody_has_this/videos")
        assert (unknown.status_code, code_of(unknown)) == (404, "user_not_found")


class TestIdempotencyKeys:
    def test_the_same_request_is_done_once_and_answered_alike(
        self, ann: Device, bob: Device
    ) -> None:
        body = video_body(b"", b"0123456789", {})
        key = {"Idempotency-Key": "one-upload"}

        first = ann.post("/v1/videos", json=body, headers=key)
        again = ann.post("/v1/videos", json=body, headers=key)
        other = ann.post("/v1/videos", json={**body, "title": "Another"}, headers=key)
        somebody_else = bob.post("/v1/videos", json=body, headers=key)

        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")
        assert somebody_else.json()["video"]["id"] != first.json()["video"]["id"]
        assert _page(ann, None) == ([body["title"]], None)

    def test_requests_at_once_make_one_video(self, ann: Device, account: AwsAccount) -> None:
        body = video_body(b"", b"0123456789", {})

        with ThreadPoolExecutor(6) as pool:
            answers = list(
                pool.map(
                    lambda _: ann.post(
                        "/v1/videos", json=body, headers={"Idempotency-Key": "at-once"}
                    ),
                    range(6),
                )
            )

        made = [answer for answer in answers if answer.status_code == 201]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert len({answer.json()["video"]["id"] for answer in made}) == 1
        assert {code_of(answer) for answer in refused} <= {"request_in_progress"}
        assert all("retry-after" in answer.headers for answer in refused)
        assert len(_page(ann, None)[0]) == 1
        traces = account.traces_of(made[0].json()["video"]["id"])
        assert len(traces.open_uploads) == 1

    def test_registering_again_with_the_key_is_one_registration(self, origin: str) -> None:
        account = {
            "email": "twice@example.com",
            "password": "a long and quiet evening",
            "handle": "twice_here",
            "display_name": "Twice",
        }
        key = {"Idempotency-Key": "register-me"}

        first = nobody(origin).post("/v1/auth/register", json=account, headers=key)
        again = nobody(origin).post("/v1/auth/register", json=account, headers=key)
        assert (first.status_code, again.status_code) == (202, 202)
        typed = {"code": mailbox_of(origin).code(account["email"])}
        made = [
            nobody(origin).post(
                "/v1/auth/register/verify",
                json=typed | {"registration_token": answer.json()["registration_token"]},
            )
            for answer in (first, again)
        ]

        assert made[0].status_code == 201, made[0].text
        assert made[1].status_code in (201, 401, 403, 409, 410), made[1].text
        mine = log_in(origin, account).get("/v1/me").json()
        assert mine["id"] == made[0].json()["user"]["id"]
