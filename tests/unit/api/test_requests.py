"""Any request: ids, bounds, problems, tokens, limits; nothing unforeseen comes through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.problems import MAX_BODY_BYTES
from api.videos import limits
from socialflow.platform.rate_limits import RatePolicy
from socialflow.videos import wiring
from tests.crash_points import asgi
from tests.crash_points.plan import Person
from tests.crash_points.world import World

NEW_VIDEO: dict[str, Any] = {
    "title": "First light",
    "visibility": "public",
    "file": {"name": "film.mp4", "size_bytes": 64, "content_type": "video/mp4"},
}


@pytest.fixture
def ann(world: World) -> Person:
    return world.owner()


def problem(answer: asgi.Answer, status: int, code: str) -> Any:
    """The body of a problem, checked to be one."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["code"] == code
    assert answer.body["status"] == status
    assert answer.body["request_id"] == answer.headers["x-request-id"]
    return answer.body


class TestRequestIds:
    @pytest.mark.parametrize("given", ["short", "x" * 65, "with space", "line\\nbreak", "<script>"])
    def test_one_that_cannot_be_logged_is_replaced(self, world: World, given: str) -> None:
        answer = asgi.call("GET", "/v1/health", headers={"x-request-id": given})
        assert answer.headers["x-request-id"].startswith("req_")

    def test_comes_back(self, world: World) -> None:
        answer = asgi.call("GET", "/v1/health", headers={"x-request-id": "client-1234"})
        assert answer.headers["x-request-id"] == "client-1234"

    def test_every_answer_is_safe_to_show(self, world: World) -> None:
        headers = asgi.call("GET", "/v1/health").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]


class TestProblems:
    def test_an_unknown_address(self, world: World) -> None:
        problem(asgi.call("GET", "/v1/none"), 404, "not_found")

    def test_an_unknown_method(self, world: World) -> None:
        answer = asgi.call("PUT", "/v1/health")
        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET"

    def test_an_error_that_nobody_foresaw(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> None:
            raise RuntimeError("the password is hunter2")

        monkeypatch.setattr(wiring, "catalog", broken)
        answer = asgi.call("GET", "/v1/videos/vid_" + "0" * 26)
        assert problem(answer, 500, "internal_error")["retryable"]
        assert "hunter2" not in json.dumps(answer.body)

    def test_a_body_that_is_too_large(self, world: World, ann: Person) -> None:
        body = {**NEW_VIDEO, "title": "x" * MAX_BODY_BYTES}
        answer = asgi.call("POST", "/v1/videos", body, world.authorization(ann))
        assert problem(answer, 413, "body_too_large")["context"] == {
            "max_body_bytes": MAX_BODY_BYTES
        }

    def test_a_body_that_is_too_large_and_does_not_say_so(self, world: World, ann: Person) -> None:
        body = {**NEW_VIDEO, "title": "x" * MAX_BODY_BYTES}
        headers = {**world.authorization(ann), "content-length": "10"}
        problem(asgi.call("POST", "/v1/videos", body, headers), 413, "body_too_large")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": "a\x00b"}, "body.title"),
            ({"title": 7}, "body.title"),
            ({"owner_id": "usr_1"}, "body.owner_id"),
            ({"visibility": "secret"}, "body.visibility"),
            ({"tags": ["x"] * 21}, "body.tags"),
            ({"file": {"name": "a", "size_bytes": -1, "content_type": "video/mp4"}}, "size_bytes"),
            ({"file": {"name": "a", "size_bytes": 2**60, "content_type": "video/mp4"}}, "size"),
            ({"file": {"name": "a", "size_bytes": 1, "content_type": "no type"}}, "content_type"),
            ({"file": None}, "body.file"),
        ],
    )
    def test_a_body_that_breaks_a_rule_names_the_field(
        self, world: World, ann: Person, change: dict[str, Any], field: str
    ) -> None:
        answer = asgi.call("POST", "/v1/videos", NEW_VIDEO | change, world.authorization(ann))
        errors = problem(answer, 422, "validation_failed")["errors"]
        assert any(field in error["field"] for error in errors)
        assert "usr_1" not in json.dumps(answer.body)

    def test_a_field_that_cannot_be_shown_is_not(self, world: World, ann: Person) -> None:
        body = NEW_VIDEO | {"a\x1b[31m": 1}
        answer = asgi.call("POST", "/v1/videos", body, world.authorization(ann))
        errors = problem(answer, 422, "validation_failed")["errors"]
        assert [error["field"] for error in errors] == ["body.?"]

    @pytest.mark.parametrize("video_id", ["vid_1", "usr_" + "0" * 26, "vid_" + "u" * 26, "%00"])
    def test_an_id_that_cannot_be_one(self, world: World, video_id: str) -> None:
        problem(asgi.call("GET", f"/v1/videos/{video_id}"), 422, "validation_failed")


class TestTokens:
    @pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "Bearer " + "x" * 5000])
    def test_a_header_without_one(self, world: World, header: str) -> None:
        answer = asgi.call("GET", "/v1/me", headers={"authorization": header})
        problem(answer, 401, "token_missing")
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_an_expired_one_is_told_from_others(self, world: World, ann: Person) -> None:
        headers = world.authorization(ann)
        world.pass_time(minutes=16)
        problem(asgi.call("GET", "/v1/me", headers=headers), 401, "access_token_expired")

    def test_one_that_does_not_verify_is_refused_where_none_is_needed(self, world: World) -> None:
        headers = {"authorization": "Bearer a.b.c"}
        answer = asgi.call("GET", "/v1/videos/vid_" + "0" * 26, headers=headers)
        problem(answer, 401, "access_token_invalid")


class TestLimits:
    def test_what_is_spent_is_refused_with_when_to_come_back(
        self, world: World, ann: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tight = RatePolicy(limits.CREATES.name, limit=1, window_seconds=3600)
        real = wiring.rate_limiter().spend
        monkeypatch.setattr(wiring.rate_limiter(), "spend", lambda _, who: real(tight, who))
        headers = world.authorization(ann)
        first = asgi.call("POST", "/v1/videos", NEW_VIDEO, headers)
        second = asgi.call("POST", "/v1/videos", NEW_VIDEO, headers)
        assert first.status == 201
        assert first.headers["ratelimit"] == '"video-create";r=0;t=1800'
        assert first.headers["ratelimit-policy"] == '"video-create";q=1;w=3600'
        assert problem(second, 429, "rate_limited")["retryable"]
        assert second.headers["retry-after"] == "1800"
        assert second.headers["ratelimit"] == '"video-create";r=0;t=1800'


class TestRepeating:
    def send(self, world: World, ann: Person, body: Any, key: str = "key-1") -> asgi.Answer:
        headers = {**world.authorization(ann), "idempotency-key": key}
        return asgi.call("POST", "/v1/videos", body, headers)

    def test_another_body_under_the_key_is_refused(self, world: World, ann: Person) -> None:
        self.send(world, ann, NEW_VIDEO)
        answer = self.send(world, ann, NEW_VIDEO | {"title": "Second"})
        problem(answer, 422, "idempotency_key_reused")

    def test_a_key_that_cannot_be_one_is_refused(self, world: World, ann: Person) -> None:
        problem(self.send(world, ann, NEW_VIDEO, key="a b"), 422, "validation_failed")
        problem(self.send(world, ann, NEW_VIDEO, key="k" * 129), 422, "validation_failed")

    def test_the_same_request_gets_the_same_answer(self, world: World, ann: Person) -> None:
        first, again = self.send(world, ann, NEW_VIDEO), self.send(world, ann, NEW_VIDEO)
        assert again.body == first.body
        assert again.headers["idempotency-replayed"] == "true"
        assert len(world.cloud.open_uploads()) == 1

    def test_a_refusal_is_not_kept(self, world: World, ann: Person) -> None:
        empty = {**NEW_VIDEO, "file": {**NEW_VIDEO["file"], "size_bytes": 0}}
        for _ in range(2):
            problem(self.send(world, ann, empty), 422, "file_empty")

    def test_each_caller_has_keys_of_its_own(self, world: World, ann: Person) -> None:
        ben = world.person("ben")
        assert self.send(world, ann, NEW_VIDEO).body != self.send(world, ben, NEW_VIDEO).body
