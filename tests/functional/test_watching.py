"""From a file to a video that plays, for everybody who may see it and for nobody else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import media
from tests.functional.account import AwsAccount
from tests.functional.people import Device, code_of, nobody, register
from tests.functional.waiting import wait_for
from tests.functional.watching import status_of, watch

COOKIES = {"CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"}


def _hls(video: dict[str, Any]) -> str:
    return str(video["playback"]["hls_url"])


class TestPublicVideo:
    def test_it_plays_for_anybody_in_hls_and_dash_from_the_same_segments(
        self, ann: Device, origin: str, tmp_path: Path
    ) -> None:
        video_id = ann.upload(
            media.landscape(), title="  Ünder the wåves 🌊 ", tags=["Sea", "sea", "summer"]
        )
        ann.wait_until_ready(video_id)

        video = nobody(origin).video(video_id)

        assert video["title"] == "Ünder the wåves 🌊"
        assert video["tags"] == ["sea", "summer"]
        assert video["progress_percent"] == 100
        assert video["failure"] is None
        assert video["owner"]["handle"] == ann.handle
        assert not video["viewer_is_owner"]
        assert video["duration_ms"] == pytest.approx(2000, abs=60)
        assert [(each["width"], each["height"]) for each in video["renditions"]] == [
            (426, 240),
            (640, 360),
        ]
        watched = watch(video, tmp_path)
        assert [(each.width, each.height) for each in watched.pictures] == [(426, 240), (640, 360)]
        for decoded in (*watched.pictures, *watched.sounds):
            assert decoded.first_s == pytest.approx(0, abs=0.06)
            assert decoded.end_s == pytest.approx(2, abs=0.12)
        assert [each.frames for each in watched.pictures] == [50, 50]
        assert len(watched.sounds) == 1
        assert watched.hls_segments == watched.dash_segments

    def test_its_poster_and_storyboard_are_pictures(self, ann: Device, origin: str) -> None:
        video_id = ann.upload(media.landscape())
        playback = ann.wait_until_ready(video_id)["playback"]

        poster = httpx.get(playback["poster_url"])
        storyboard = httpx.get(playback["storyboard_url"])

        assert poster.headers["content-type"] == "image/jpeg"
        assert poster.content.startswith(b"\xff\xd8")
        assert storyboard.headers["content-type"].startswith("text/vtt")
        lines = storyboard.text.splitlines()
        assert lines[0] == "WEBVTT"
        frames = [line for line in lines if line.endswith(".jpg")]
        assert frames
        for frame in frames:
            assert status_of(playback["storyboard_url"].rpartition("/")[0] + "/" + frame) == 200

    def test_players_and_caches_get_the_types_and_ranges_they_ask_for(self, ann: Device) -> None:
        video_id = ann.upload(media.landscape())
        playback = ann.wait_until_ready(video_id)["playback"]
        segment = playback["hls_url"].rpartition("/")[0] + "/stream_360p_000000001.cmfv"
        whole = httpx.get(segment)

        first = httpx.get(segment, headers={"Range": "bytes=0-99"})
        last = httpx.get(segment, headers={"Range": "bytes=-50"})
        beyond = httpx.get(segment, headers={"Range": f"bytes={len(whole.content)}-"})
        known = httpx.get(segment, headers={"If-None-Match": whole.headers["etag"]})

        assert whole.headers["content-type"] == "video/mp4"
        assert (first.status_code, first.content) == (206, whole.content[:100])
        assert first.headers["content-range"] == f"bytes 0-99/{len(whole.content)}"
        assert (last.status_code, last.content) == (206, whole.content[-50:])
        assert beyond.status_code == 416
        assert known.status_code == 304
        manifests = {
            httpx.get(playback[name]).headers["content-type"] for name in ("hls_url", "dash_url")
        }
        assert manifests == {"application/vnd.apple.mpegurl", "application/dash+xml"}


class TestUnlistedVideo:
    def test_it_plays_by_link_and_is_in_no_list(
        self, ann: Device, bob: Device, origin: str
    ) -> None:
        video_id = ann.upload(media.one_second(), visibility="unlisted")
        ann.wait_until_ready(video_id)

        seen = nobody(origin).video(video_id)

        assert status_of(_hls(seen)) == 200
        listed = bob.get(f"/v1/users/{ann.handle}/videos").json()["items"]
        assert listed == []
        mine = ann.get("/v1/me/videos").json()["items"]
        assert [each["id"] for each in mine] == [video_id]


class TestPrivateVideo:
    @pytest.fixture
    def private(self, ann: Device) -> str:
        video_id = ann.upload(media.one_second(), visibility="private")
        ann.wait_until_ready(video_id)
        return video_id

    def test_nobody_but_the_owner_and_the_named_may_see_it(
        self, private: str, ann: Device, bob: Device, origin: str, tmp_path: Path
    ) -> None:
        playlist = _hls(ann.video(private))
        for stranger in (nobody(origin), bob):
            refused = stranger.get(f"/v1/videos/{private}")
            assert (refused.status_code, code_of(refused)) == (404, "video_not_found")
            assert "set-cookie" not in refused.headers
        assert status_of(playlist) == 403

        named = ann.request("PUT", f"/v1/videos/{private}/viewers/{bob.handle}")
        assert named.status_code == 200
        cookies = bob.media_cookies(private)
        assert set(cookies) == COOKIES
        assert len(watch(bob.video(private), tmp_path, cookies=cookies).pictures) == 2
        people = ann.get(f"/v1/videos/{private}/viewers").json()["items"]
        assert [each["handle"] for each in people] == [bob.handle]

        gone = ann.delete(f"/v1/videos/{private}/viewers/{bob.handle}")
        assert gone.status_code == 204
        assert bob.get(f"/v1/videos/{private}").status_code == 404

    def test_cookies_open_only_what_they_were_signed_for(
        self, private: str, ann: Device, bob: Device
    ) -> None:
        other = bob.upload(media.one_second(), visibility="private")
        bob.wait_until_ready(other)
        cookies = ann.media_cookies(private)
        playlist = _hls(ann.video(private))
        assert status_of(playlist, cookies) == 200

        signature = cookies["CloudFront-Signature"]
        flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
        later = _with_later_expiry(cookies["CloudFront-Policy"])
        broken = [
            {**cookies, "CloudFront-Signature": flipped},
            {**cookies, "CloudFront-Policy": later},
            {**cookies, "CloudFront-Key-Pair-Id": "K0000000000000"},
            *({name: cookies[name] for name in COOKIES - {without}} for without in COOKIES),
            bob.media_cookies(other),
        ]

        for each in broken:
            assert status_of(playlist, each) == 403, each

    def test_the_cookies_are_for_its_own_media_and_hidden_from_scripts(
        self, private: str, ann: Device
    ) -> None:
        answer = ann.get(f"/v1/videos/{private}")

        cookies = answer.headers.get_list("set-cookie")

        assert len(cookies) == 3
        for cookie in cookies:
            assert f"Path=/media/protected/{private}/" in cookie
            assert "HttpOnly" in cookie
        assert "no-cache" in answer.headers["cache-control"]


class TestChangingWhoMayWatch:
    def test_media_moves_and_the_former_address_is_closed(
        self, ann: Device, origin: str, account: AwsAccount, tmp_path: Path
    ) -> None:
        video_id = ann.upload(media.one_second())
        public = _hls(ann.wait_until_ready(video_id))
        assert status_of(public) == 200

        self._show_to(ann, video_id, "private")
        assert nobody(origin).get(f"/v1/videos/{video_id}").status_code == 404
        hidden = ann.wait_until(video_id, lambda video: "/protected/" in _hls(video), "moved")
        wait_for(lambda: status_of(public) != 200, "the public address closes")
        assert status_of(_hls(hidden)) == 403
        assert status_of(_hls(hidden), ann.media_cookies(video_id)) == 200
        wait_for(
            lambda: all("/protected/" in key for key in account.media_keys(video_id)),
            "no public copy is left",
        )

        self._show_to(ann, video_id, "public")
        shown = ann.wait_until(video_id, lambda video: "/public/" in _hls(video), "moved back")
        assert _hls(shown) != public
        assert len(watch(nobody(origin).video(video_id), tmp_path).pictures) == 2
        wait_for(
            lambda: all("/public/" in key for key in account.media_keys(video_id)),
            "no protected copy is left",
        )

    @staticmethod
    def _show_to(owner: Device, video_id: str, visibility: str) -> None:
        answer = owner.patch(
            f"/v1/videos/{video_id}", json={"visibility": visibility}, headers={"If-Match": "*"}
        )
        assert answer.status_code == 200, answer.text


class TestPreview:
    def test_a_long_video_plays_before_it_is_ready(self, origin: str, tmp_path: Path) -> None:
        ann = register(origin, "long")
        video_id = ann.upload(media.small_and_over_a_minute())

        early = ann.wait_until(video_id, lambda video: video["playback"] is not None, "plays")

        assert early["status"] == "processing"
        assert len(early["renditions"]) == 1
        decoded = watch(nobody(origin).video(video_id), tmp_path / "preview")
        assert [each.height for each in decoded.pictures] == [144]
        assert decoded.pictures[0].end_s == pytest.approx(62, abs=0.3)
        whole = ann.wait_until_ready(video_id)
        assert _hls(whole) != _hls(early)
        assert watch(whole, tmp_path / "full").pictures[0].end_s == pytest.approx(62, abs=0.3)


class TestExpiredCookies:
    def test_they_open_nothing(self, ann: Device, account: AwsAccount) -> None:
        """Signed with the real key, for a time that is over."""
        video_id = ann.upload(media.one_second(), visibility="private")
        playlist = _hls(ann.wait_until_ready(video_id))

        expired = account.signed_cookies(f"{playlist.rpartition('/')[0]}/*", life_seconds=-60)
        living = account.signed_cookies(f"{playlist.rpartition('/')[0]}/*", life_seconds=60)

        assert status_of(playlist, living) == 200
        assert status_of(playlist, expired) == 403


def _with_later_expiry(policy: str) -> str:
    to_base64, back = str.maketrans("-_~", "+=/"), str.maketrans("+=/", "-_~")
    document = json.loads(base64.b64decode(policy.translate(to_base64)))
    document["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"] += 1
    encoded = base64.b64encode(json.dumps(document, separators=(",", ":")).encode()).decode()
    return encoded.translate(back)
