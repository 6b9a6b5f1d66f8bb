"""What the API refuses, with the code it promises, and that nothing comes of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from tests import media
from tests.functional.account import AwsAccount
from tests.functional.people import Device, code_of, nobody, video_body
from tests.functional.waiting import wait_for

BODY = video_body(b"", b"0123456789", {})


def _body(**changes: Any) -> dict[str, Any]:
    return {**BODY, **changes}


def _file(**changes: Any) -> dict[str, Any]:
    return _body(file={**BODY["file"], **changes})


def _nothing_came_of_it(person: Device) -> None:
    assert person.get("/v1/me/videos").json() == {"items": [], "next_cursor": None}


class TestNewVideos:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            pytest.param(_body(title=""), "body.title", id="empty title"),
            pytest.param(_body(title="   "), "body.title", id="blank title"),
            pytest.param(_body(title="x" * 201), "body.title", id="long title"),
            pytest.param(_body(title="a\x00b"), "body.title", id="control character"),
            pytest.param(_body(title="a\nb"), "body.title", id="line break in a title"),
            pytest.param(_body(title="a\u202eb"), "body.title", id="reordering character"),
            pytest.param(_body(title=["a"]), "body.title", id="list for a title"),
            pytest.param(_body(description="a\x1bb"), "body.description", id="escape character"),
            pytest.param(_body(tags=["x"] * 21), "body.tags", id="many tags"),
            pytest.param(_body(visibility="friends"), "body.visibility", id="unknown visibility"),
            pytest.param(_body(owner_id="usr_1"), "body.owner_id", id="unknown field"),
            pytest.param(_file(extra=1), "body.file.extra", id="unknown field of the file"),
            pytest.param(_file(name="a\x07"), "body.file.name", id="control character in a name"),
            pytest.param(_file(size_bytes=-1), "body.file.size_bytes", id="negative size"),
            pytest.param(_file(size_bytes="many"), "body.file.size_bytes", id="size in words"),
            pytest.param(_file(content_type="video"), "body.file.content_type", id="half a type"),
        ],
    )
    def test_malformed_fields_are_named(self, body: Any, field: str, ann: Device) -> None:
        answer = ann.post("/v1/videos", json=body)

        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")
        assert field in [error["field"] for error in answer.json()["errors"]]
        _nothing_came_of_it(ann)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            pytest.param(_file(size_bytes=0), "file_empty", id="empty"),
            pytest.param(_file(size_bytes=256 * 1024**3 + 1), "file_too_large", id="too large"),
            pytest.param(_file(content_type="text/plain"), "file_type_refused", id="a text"),
        ],
    )
    def test_files_that_cannot_be_videos_are_refused_before_a_byte_is_sent(
        self, body: Any, code: str, ann: Device
    ) -> None:
        answer = ann.post("/v1/videos", json=body)

        assert (answer.status_code, code_of(answer)) == (422, code)
        _nothing_came_of_it(ann)

    def test_a_title_of_five_megabytes_is_refused_unread(self, ann: Device) -> None:
        answer = ann.post("/v1/videos", json=_body(title="x" * 5_000_000))

        assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
        _nothing_came_of_it(ann)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"title": "\xff"}'])
    def test_what_is_no_json_object_is_refused(self, content: bytes, ann: Device) -> None:
        answer = ann.post(
            "/v1/videos", content=content, headers={"Content-Type": "application/json"}
        )

        assert (answer.status_code, code_of(answer)) == (422, "validation_failed")


class TestTokens:
    def test_every_token_but_a_living_one_of_ours_is_refused(self, ann: Device) -> None:
        token = ann.tokens["access_token"]
        header, payload, signature = token.split(".")
        claims = json.loads(_decoded(payload))
        later = _encoded({**claims, "exp": claims["exp"] + 3600})
        promoted = _encoded({**claims, "roles": ["admin"]})
        none = _encoded({**json.loads(_decoded(header)), "alg": "none"})
        flipped = ("B" if signature[0] != "B" else "C") + signature[1:]
        forged = {
            "no signature": f"{header}.{payload}.",
            "none": f"{none}.{payload}.",
            "other signature": f"{header}.{payload}.{flipped}",
            "later expiry": f"{header}.{later}.{signature}",
            "other roles": f"{header}.{promoted}.{signature}",
            "the refresh token": ann.tokens["refresh_token"],
            "words": "not-a-token",
        }
        assert ann.get("/v1/me").status_code == 200

        for name, each in forged.items():
            answer = httpx.get(
                ann.origin + "/v1/me", headers={"Authorization": f"Bearer {each}"}, timeout=30
            )
            assert (answer.status_code, code_of(answer)) == (401, "access_token_invalid"), name
            assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_an_expired_token_is_told_apart(self, ann: Device, account: AwsAccount) -> None:
        expired = account.access_token(ann.tokens, age_seconds=15 * 60 + 10)
        living = account.access_token(ann.tokens, age_seconds=60)

        answers = [
            httpx.get(ann.origin + "/v1/me", headers={"Authorization": f"Bearer {each}"})
            for each in (expired, living)
        ]

        assert (answers[0].status_code, code_of(answers[0])) == (401, "access_token_expired")
        assert answers[1].status_code == 200

    def test_without_a_token_only_public_things_can_be_read(self, origin: str) -> None:
        stranger = nobody(origin)

        for path in ("/v1/me", "/v1/me/videos"):
            answer = stranger.get(path)
            assert (answer.status_code, code_of(answer)) == (401, "token_missing")
        assert stranger.post("/v1/videos", json=BODY).status_code == 401
        assert stranger.get("/.well-known/jwks.json").json()["keys"]

    def test_a_spent_refresh_token_from_elsewhere_ends_the_session(
        self, ann: Device, origin: str
    ) -> None:
        spent = {"refresh_token": ann.tokens["refresh_token"]}
        renewed = nobody(origin).post("/v1/auth/refresh", json=spent)
        assert renewed.status_code == 200
        assert renewed.json()["refresh_token"] != spent["refresh_token"]

        thief = nobody(origin).post(
            "/v1/auth/refresh", json=spent, headers={"User-Agent": "another device"}
        )

        assert (thief.status_code, code_of(thief)) == (401, "refresh_token_reused")
        owner = nobody(origin).post(
            "/v1/auth/refresh", json={"refresh_token": renewed.json()["refresh_token"]}
        )
        assert owner.status_code == 401


class TestSomebodyElsesVideo:
    def test_it_cannot_be_touched_nor_known_of(self, ann: Device, bob: Device) -> None:
        upload = ann.create(media.one_second(), visibility="private")
        path = f"/v1/videos/{upload.video_id}"
        tries = [
            bob.get(path),
            bob.patch(path, json={"title": "Mine"}, headers={"If-Match": "*"}),
            bob.delete(path),
            bob.get(path + "/upload"),
            bob.post(path + "/upload/parts", json={"part_numbers": [1]}),
            bob.post(
                path + "/upload/complete", json={"parts": [{"part_number": 1, "etag": "0" * 32}]}
            ),
            bob.delete(path + "/upload"),
            bob.get(path + "/viewers"),
            bob.request("PUT", f"{path}/viewers/{bob.handle}"),
            bob.delete(f"{path}/viewers/{bob.handle}"),
        ]

        for answer in tries:
            assert (answer.status_code, code_of(answer)) == (404, "video_not_found")
        video = ann.video(upload.video_id)
        assert (video["title"], video["status"]) == ("A quiet clip", "uploading")


class TestEdits:
    def test_an_edit_needs_the_version_that_it_was_made_from(self, ann: Device) -> None:
        video_id = ann.create(media.one_second()).video_id
        path = f"/v1/videos/{video_id}"
        read = ann.get(path).headers["etag"]

        missing = ann.patch(path, json={"title": "One"})
        malformed = ann.patch(path, json={"title": "One"}, headers={"If-Match": "one"})
        first = ann.patch(path, json={"title": "One"}, headers={"If-Match": read})
        stale = ann.patch(path, json={"title": "Two"}, headers={"If-Match": read})

        assert (missing.status_code, code_of(missing)) == (428, "if_match_required")
        assert (malformed.status_code, code_of(malformed)) == (422, "etag_invalid")
        assert (first.status_code, first.json()["title"]) == (200, "One")
        assert (stale.status_code, code_of(stale)) == (412, "video_edited_meanwhile")
        after = ann.get(path)
        assert after.json()["title"] == "One"
        assert after.headers["etag"] == first.headers["etag"]
        unchanged = ann.get(path, headers={"If-None-Match": after.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        again = ann.patch(
            path,
            json={"description": "Two\r\nlines", "tags": []},
            headers={"If-Match": first.headers["etag"]},
        )
        assert again.json()["description"] == "Two\nlines"

    def test_an_edit_of_what_a_video_is_not_is_refused(self, ann: Device) -> None:
        path = f"/v1/videos/{ann.create(media.one_second()).video_id}"

        for body in ({"status": "ready"}, {"title": ""}, {"title": None, "owner": "x"}):
            answer = ann.patch(path, json=body, headers={"If-Match": "*"})
            assert (answer.status_code, code_of(answer)) == (422, "validation_failed")


class TestDeclaredAndArrived:
    def test_a_file_of_another_size_than_declared_fails_and_leaves_no_file(
        self, ann: Device, account: AwsAccount
    ) -> None:
        """Sent past the API by one who has a URL that does not bind the length."""
        data = media.one_second().read_bytes()
        upload = ann.create(data, file={"size_bytes": len(data) + 1})
        upload_id = httpx.URL(upload.urls[1]).params["uploadId"]
        url = account.part_url(upload.video_id, upload_id, 1)
        upload.etags[1] = httpx.put(url, content=data).headers["etag"]
        assert ann.complete(upload).status_code == 200

        video = ann.wait_until_over(upload.video_id)

        assert (video["status"], video["failure"]["code"]) == ("failed", "size_mismatch")
        account.wait_until_only_its_row(upload.video_id)

    def test_unknown_paths_and_methods_are_problems_too(self, origin: str) -> None:
        for method, path in (("GET", "/v1/nothing"), ("PUT", "/v1/videos")):
            answer = nobody(origin).request(method, path)
            assert answer.status_code in (404, 405)


class TestRateLimits:
    def test_guessing_a_password_is_slowed_and_says_for_how_long(self, ann: Device) -> None:
        guess = {"email": ann.account["email"], "password": "a wrong guess"}
        stranger = nobody(ann.origin)

        def guesses() -> httpx.Response | None:
            answer = stranger.post("/v1/auth/login", json=guess)
            assert answer.status_code in (401, 429)
            return answer if answer.status_code == 429 else None

        limited = wait_for(guesses, "the limit is reached")

        assert code_of(limited) == "too_many_attempts"
        assert int(limited.headers["retry-after"]) > 0
        assert '"login";r=0' in limited.headers["ratelimit"]
        assert limited.json()["retryable"] is True


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
