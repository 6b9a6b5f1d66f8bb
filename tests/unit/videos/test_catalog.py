"""Who sees what, who changes what, and what a viewer is given to play it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from socialflow.platform.principal import Principal
from socialflow.videos import viewers_repository
from socialflow.videos.errors import (
    ChannelNotFound,
    VideoEditedMeanwhile,
    VideoNotFound,
    ViewerLimitReached,
)
from socialflow.videos.models import Status, Video, Visibility
from socialflow.videos.playback import PlaybackService
from tests.unit.videos.world import PRIVATE_KEY, VideosWorld, a_signer, long_film


def sees(world: VideosWorld, viewer: Principal | None, video: Video) -> bool:
    try:
        world.catalog.show(viewer, video.id)
    except VideoNotFound:
        return False
    return True


class TestShowing:
    """Every visibility and state against every viewer."""

    @pytest.mark.parametrize("state", ["uploading", "uploaded", "processing", "failed", "deleted"])
    @pytest.mark.parametrize("visibility", Visibility)
    def test_what_does_not_play_is_its_owners_alone(
        self,
        world: VideosWorld,
        ann: Principal,
        ben: Principal,
        visibility: Visibility,
        state: str,
    ) -> None:
        world.mediaconvert.unreadable = state == "failed"
        make = {"uploading": world.create, "uploaded": world.upload}.get(state, world.process)
        video = make(ann, visibility=visibility)
        world.catalog.share(ann, video.id, "ben")
        if state == "deleted":
            world.catalog.delete(ann, video.id)
        assert not sees(world, None, video)
        assert not sees(world, ben, video)
        assert sees(world, ann, video) == (state != "deleted")

    @pytest.mark.parametrize("how", ["ready", "preview"])
    @pytest.mark.parametrize(
        ("visibility", "anonymous", "other", "named"),
        [
            (Visibility.PUBLIC, True, True, True),
            (Visibility.UNLISTED, True, True, True),
            (Visibility.PRIVATE, False, False, True),
        ],
    )
    def test_what_plays_is_seen_as_its_visibility_says(
        self,
        world: VideosWorld,
        ann: Principal,
        ben: Principal,
        visibility: Visibility,
        anonymous: bool,
        other: bool,
        named: bool,
        how: str,
    ) -> None:
        cleo = world.person("cleo")
        if how == "preview":
            long_film(world)
            video = world.process(ann, visibility=visibility)
            world.mediaconvert.complete("preview")
            world.tell()
        else:
            video = world.finish(ann, visibility=visibility)
        world.catalog.share(ann, video.id, "cleo")
        found = [sees(world, viewer, video) for viewer in (None, ben, cleo, ann)]
        assert found == [anonymous, other, named, True]

    def test_somebody_no_longer_named_sees_nothing(
        self, world: VideosWorld, ann: Principal, ben: Principal
    ) -> None:
        video = world.finish(ann, visibility=Visibility.PRIVATE)
        world.catalog.share(ann, video.id, "ben")
        world.catalog.unshare(ann, video.id, "ben")
        assert not sees(world, ben, video)

    def test_a_video_that_never_was_is_not_found(self, world: VideosWorld) -> None:
        with pytest.raises(VideoNotFound):
            world.catalog.show(None, "vid_none")


class TestListing:
    def test_an_unknown_channel_is_not_found(self, world: VideosWorld) -> None:
        with pytest.raises(ChannelNotFound):
            world.catalog.list_channel(None, "nobody", after=None, limit=5)

    def test_a_channel_shows_what_is_public_and_plays(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        for visibility in Visibility:
            world.finish(ann, visibility=visibility)
            world.process(ann, visibility=visibility)
        page = world.catalog.list_channel(None, "Ann", after=None, limit=10)
        assert [(view.video.visibility, view.video.status) for view in page.views] == [
            (Visibility.PUBLIC, Status.READY)
        ]

    def test_hidden_videos_leave_the_channel_and_come_back(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.finish(ann)

        def listed() -> int:
            return len(world.catalog.list_channel(None, "ann", after=None, limit=5).views)

        counts = [listed()]
        for visibility in ("unlisted", "public", "private"):
            world.catalog.edit(ann, video.id, {"visibility": visibility}, expected_edits=None)
            counts.append(listed())
        assert counts == [1, 0, 1, 0]

    def test_ones_own_come_newest_first_page_by_page(
        self, world: VideosWorld, ann: Principal, ben: Principal
    ) -> None:
        made = []
        for _ in range(5):
            made.append(world.create(ann).id)
            world.clock.move(seconds=1)
        world.create(ben)
        found, after = [], None
        while True:
            page = world.catalog.list_mine(ann, after=after, limit=2)
            found += [view.video.id for view in page.views]
            after = page.next_position
            if after is None:
                break
        assert found == made[::-1]

    def test_deleted_videos_are_gone_at_once(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        world.catalog.delete(ann, video.id)
        assert world.catalog.list_mine(ann, after=None, limit=5).views == ()
        assert world.catalog.list_channel(None, "ann", after=None, limit=5).views == ()


class TestEditing:
    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        video = world.finish(ann)
        with pytest.raises(VideoNotFound):
            world.catalog.edit(ben, video.id, {"title": "Mine"}, expected_edits=None)

    def test_a_stale_version_is_refused(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        world.catalog.edit(ann, video.id, {"title": "Second"}, expected_edits=1)
        with pytest.raises(VideoEditedMeanwhile):
            world.catalog.edit(ann, video.id, {"title": "Third"}, expected_edits=1)
        assert world.now(video).title == "Second"

    def test_changes_what_is_given(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        view = world.catalog.edit(ann, video.id, {"tags": ["sea", "sun"]}, expected_edits=1)
        assert view.video == replace(
            video, tags=("sea", "sun"), edits=2, revision=video.revision + 1
        )

    def test_progress_meanwhile_is_no_edit(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.progress("full", 30)
        world.tell()
        view = world.catalog.edit(ann, video.id, {"title": "Second"}, expected_edits=video.edits)
        assert (view.video.title, view.video.progress_percent) == ("Second", 30)


class TestSharing:
    def test_others_find_nothing(self, world: VideosWorld, ann: Principal, ben: Principal) -> None:
        video = world.finish(ann)
        with pytest.raises(VideoNotFound):
            world.catalog.share(ben, video.id, "ben")
        with pytest.raises(VideoNotFound):
            world.catalog.list_shared(ben, video.id, after=None, limit=5)

    def test_nobody_by_that_name(self, world: VideosWorld, ann: Principal) -> None:
        with pytest.raises(ChannelNotFound):
            world.catalog.share(ann, world.create(ann).id, "nobody")

    def test_there_is_room_for_so_many(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(viewers_repository, "MAX_VIEWERS", 2)
        video = world.create(ann)
        for handle in ("ben", "cleo", "dora"):
            world.person(handle)
        world.catalog.share(ann, video.id, "ben")
        world.catalog.share(ann, video.id, "cleo")
        world.catalog.share(ann, video.id, "cleo")
        with pytest.raises(ViewerLimitReached):
            world.catalog.share(ann, video.id, "dora")
        world.catalog.unshare(ann, video.id, "ben")
        world.catalog.unshare(ann, video.id, "ben")
        world.catalog.share(ann, video.id, "dora")

    def test_names_come_page_by_page(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        for number in range(5):
            world.person(f"fan{number}")
            world.catalog.share(ann, video.id, f"fan{number}")
        first, position = world.catalog.list_shared(ann, video.id, after=None, limit=3)
        rest, end = world.catalog.list_shared(ann, video.id, after=position, limit=3)
        assert [each.handle for each in (*first, *rest)] == [f"fan{number}" for number in range(5)]
        assert end is None


class TestPlaying:
    def test_public_media_needs_no_cookies(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        view, cookies = world.catalog.show(None, video.id)
        assert cookies == ()
        assert view.playback
        assert view.playback.hls_url == (
            f"https://example.com/media/public/{video.id}/a1/stream.m3u8"
        )

    def test_private_media_is_opened_by_a_signed_policy(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.finish(ann, visibility=Visibility.PRIVATE)
        _, cookies = world.catalog.show(ann, video.id)
        values = {cookie.name: cookie.value for cookie in cookies}
        assert {cookie.path for cookie in cookies} == {f"/media/protected/{video.id}/"}
        policy = from_cloudfront(values["CloudFront-Policy"])
        signature = from_cloudfront(values["CloudFront-Signature"])
        PRIVATE_KEY.public_key().verify(signature, policy, PKCS1v15(), SHA1())  # noqa: S303
        (statement,) = json.loads(policy)["Statement"]
        assert statement["Resource"] == f"https://example.com/media/protected/{video.id}/*"
        until = statement["Condition"]["DateLessThan"]["AWS:EpochTime"]
        assert until == int(world.clock.now.timestamp()) + 6 * 3600
        assert values["CloudFront-Key-Pair-Id"] == "K123"

    def test_without_an_origin_addresses_are_relative(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.finish(ann)
        playback = PlaybackService(public_origin="", signer=a_signer(world.clock)).of(video)
        assert playback
        assert playback.dash_url == f"/media/public/{video.id}/a1/stream.mpd"


def from_cloudfront(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)
