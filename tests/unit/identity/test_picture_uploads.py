"""Pictures from the request to the page: what is shown, in whatever order uploads arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.identity import on_picture_replaced
from socialflow.identity import keys, wiring
from socialflow.identity.profiles import uploads
from socialflow.identity.profiles.pictures import MAX_BYTES, PictureKind, drawn
from socialflow.platform.aws import client
from tests.unit.identity.members import member
from tests.unit.identity.requests import code_of
from tests.unit.identity.studio import (
    MEDIA,
    PNG,
    SVG,
    UPLOADS,
    Studio,
    envelopes,
    keys_in,
    png,
    replaced,
)
from tests.unit.in_process import InProcess


@pytest.fixture
def studio(api: InProcess, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("SF_UPLOAD_BUCKET", UPLOADS)
    monkeypatch.setenv("SF_MEDIA_BUCKET", MEDIA)
    where: Any = {"LocationConstraint": "eu-west-1"}
    for bucket in (UPLOADS, MEDIA):
        client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return Studio(member(api, "ann"))


def content(key: str) -> bytes:
    """What is shown there."""
    return client("s3").get_object(Bucket=MEDIA, Key=key)["Body"].read()


class TestAsking:
    @pytest.mark.parametrize("path", ["/v1/me/avatar", "/v1/me/banner"])
    def test_needs_a_token(self, api: InProcess, path: str) -> None:
        for method in ("GET", "POST", "DELETE"):
            assert api.request(method, path, json=PNG).status_code == 401

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (PNG | {"content_type": "image/svg+xml"}, "validation_failed"),
            (PNG | {"content_type": "image/gif"}, "validation_failed"),
            (PNG | {"content_type": "text/html"}, "validation_failed"),
            (PNG | {"size_bytes": 0}, "validation_failed"),
            (PNG | {"size_bytes": "1000"}, "validation_failed"),
            (PNG | {"key": "media/public/x"}, "validation_failed"),
            (PNG | {"size_bytes": MAX_BYTES + 1}, "picture_too_large"),
        ],
    )
    def test_refuses_what_would_be_refused_later(
        self, studio: Studio, body: dict[str, Any], code: str
    ) -> None:
        answer = studio.ann.call("POST", "/v1/me/avatar", body)
        assert (answer.status_code, code_of(answer)) == (422, code)

    def test_signs_for_one_place_one_type_and_one_size(self, studio: Studio) -> None:
        answer = studio.ann.call("POST", "/v1/me/avatar", PNG).json()
        url = urlsplit(answer["upload_url"])
        assert url.path.endswith(f"/profiles/{studio.ann.user.id}/avatar/{answer['upload_id']}")
        signed = parse_qs(url.query)["X-Amz-SignedHeaders"][0].split(";")
        assert {"content-length", "content-type"} <= set(signed)
        assert parse_qs(url.query)["X-Amz-Expires"] == ["600"]
        assert answer["headers"] == {"Content-Type": "image/png"}


class TestShowing:
    def test_in_every_size_and_everywhere(self, studio: Studio, api: InProcess) -> None:
        upload_id = studio.send(png())
        prefix = f"media/public/people/{studio.ann.user.id}/avatar/{upload_id}"
        assert sorted(keys_in(MEDIA)) == [f"{prefix}/{size}.webp" for size in ("256", "512", "64")]
        assert keys_in(UPLOADS) == []
        url = f"http://localhost:8080/{prefix}/256.webp"
        assert studio.state() == {"url": url, "refused": None}
        assert studio.ann.call("GET", "/v1/me").json()["avatar_url"] == url
        assert api.get("/v1/users/ann").json()["avatar_url"] == url
        assert wiring.user_directory().by_handle("ann") == studio.ann.now().profile
        found = client("s3").get_object(Bucket=MEDIA, Key=f"{prefix}/64.webp")
        assert found["ContentType"] == "image/webp"
        assert found["Body"].read()[8:12] == b"WEBP"

    def test_a_banner_beside_it(self, studio: Studio) -> None:
        studio.send(png())
        studio.send(png("blue"), "banner")
        assert len(keys_in(MEDIA)) == 5
        assert studio.shown("banner") != studio.shown("avatar")
        assert str(studio.shown("banner")).endswith("/1500.webp")

    @pytest.mark.parametrize("content", [SVG, b"", png()[:60], b"\xff\xd8\xff" + SVG])
    def test_nothing_of_what_is_no_picture(self, studio: Studio, content: bytes) -> None:
        upload_id = studio.send(content)
        assert keys_in(MEDIA) == keys_in(UPLOADS) == []
        state = studio.state()
        assert state["url"] is None
        assert state["refused"]["upload_id"] == upload_id
        assert state["refused"]["reason"]
        studio.send(png())
        assert studio.state()["refused"] is None

    def test_nothing_that_is_larger_than_was_asked_for(self, studio: Studio) -> None:
        studio.send(png() + bytes(MAX_BYTES))
        assert keys_in(MEDIA) == keys_in(UPLOADS) == []

    def test_what_was_looked_at_and_not_what_came_after(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Overwritten between the look and the copy: there is no copy."""
        key = studio.put(studio.ask(), png())

        def overtaken(content: bytes, kind: PictureKind) -> dict[str, bytes]:
            client("s3").put_object(Bucket=UPLOADS, Key=key, Body=SVG)
            return drawn(content, kind)

        monkeypatch.setattr(uploads, "drawn", overtaken)
        studio.tell(key)
        for shown in keys_in(MEDIA):
            body = client("s3").get_object(Bucket=MEDIA, Key=shown)["Body"].read()
            assert body[8:12] == b"WEBP"
        assert len(keys_in(MEDIA)) == 3

    @pytest.mark.parametrize(
        "key",
        ["profiles/usr_1/avatar", "profiles/usr_1/video/pic_1", "thumbnails/brd_1/pic_1", "x", ""],
    )
    def test_nothing_from_other_places(self, studio: Studio, key: str) -> None:
        studio.tell(key)
        assert keys_in(MEDIA) == []

    def test_nothing_of_an_account_that_is_gone(self, studio: Studio) -> None:
        good, bad = studio.put(studio.ask(), png()), studio.put(studio.ask(), SVG)
        wiring.table().delete_many([keys.user_key(studio.ann.user.id)])
        studio.tell(good)
        studio.tell(bad)
        assert keys_in(MEDIA) == keys_in(UPLOADS) == []
        left = wiring.table().query(f"USER#{studio.ann.user.id}", limit=50, prefix="PICTURE#")
        assert left.items == []


class TestOrder:
    def test_the_newest_wins_whichever_comes_first(self, studio: Studio) -> None:
        older, newer = studio.put(studio.ask(), png()), studio.put(studio.ask(), png("blue"))
        studio.tell(newer)
        url = studio.shown()
        studio.tell(older)
        assert studio.shown() == url
        assert len(keys_in(MEDIA)) == 3
        assert keys_in(UPLOADS) == []

    def test_again_changes_nothing(self, studio: Studio) -> None:
        upload_id = studio.ask()
        studio.tell(studio.put(upload_id, png()))
        before = studio.ann.now()
        studio.tell(studio.put(upload_id, png()))
        assert studio.ann.now() == before
        assert len(keys_in(MEDIA)) == 3

    def test_another_picture_at_the_same_address_is_never_shown(self, studio: Studio) -> None:
        """The address of a version is kept by caches as what it showed first."""
        upload_id = studio.send(png())
        shown = {key: content(key) for key in keys_in(MEDIA)}
        studio.tell(studio.put(upload_id, png("blue")))
        assert {key: content(key) for key in keys_in(MEDIA)} == shown
        assert keys_in(UPLOADS) == []
        assert studio.state()["refused"] is None

    def test_what_was_taken_away_does_not_come_back(self, studio: Studio) -> None:
        shown, late = studio.put(studio.ask(), png()), studio.put(studio.ask(), png())
        studio.tell(shown)
        assert studio.ann.call("DELETE", "/v1/me/avatar").status_code == 204
        assert studio.ann.call("DELETE", "/v1/me/avatar").status_code == 204
        studio.tell(late)
        studio.tell(studio.put(shown.rpartition("/")[2], png()))
        assert studio.shown() is None
        assert studio.ann.now().avatar is None
        assert studio.send(png())
        assert studio.shown()

    def test_taken_away_before_it_ever_was(self, studio: Studio) -> None:
        late = studio.put(studio.ask(), png())
        assert studio.ann.call("DELETE", "/v1/me/avatar").status_code == 204
        assert studio.ann.now() == studio.ann.user
        studio.tell(late)
        assert studio.shown() is None
        assert keys_in(MEDIA) == []

    def test_an_edit_meanwhile_loses_nothing(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository, read, edits = wiring.repository(), wiring.repository().user, iter([1, 2])

        def overtaken(user_id: Any, *, consistent: bool = False) -> Any:
            user = read(user_id, consistent=consistent)
            if user and next(edits, None):
                repository.save_user(user, replace(user, bio=f"{user.bio}x"))
            return user

        monkeypatch.setattr(repository, "user", overtaken)
        studio.send(png())
        monkeypatch.undo()
        kept = wiring.repository().user(studio.ann.user.id, consistent=True)
        assert kept
        assert kept.avatar
        assert kept.bio == "xx"


class TestReplacing:
    def test_removes_the_objects_of_the_former(self, studio: Studio) -> None:
        first = studio.ann.now()
        studio.send(png())
        second = studio.ann.now()
        studio.send(png("blue"))
        third = studio.ann.now()
        assert len(keys_in(MEDIA)) == 6
        assert replaced(first, second) == []
        (event,) = replaced(second, third)
        assert event["detail"]["data"] == {"user_id": first.id, "avatar": second.avatar}
        for _ in range(2):
            on_picture_replaced.handler(envelopes(event), None)
            assert {key.split("/")[-2] for key in keys_in(MEDIA)} == {third.avatar}

    def test_of_both_at_once_when_an_account_goes(self, studio: Studio) -> None:
        studio.send(png())
        studio.send(png(), "banner")
        (event,) = replaced(studio.ann.now(), None)
        on_picture_replaced.handler(envelopes(event), None)
        assert keys_in(MEDIA) == []
