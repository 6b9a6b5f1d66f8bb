"""Pictures: sent by their creator or captured, checked, published, and taken away again."""

from __future__ import annotations

from typing import Any

import pytest

from socialflow.live.errors import BroadcastNotFound, ThumbnailRefused, ThumbnailTooLarge
from socialflow.live.facts import RECORDING_CHANGE
from socialflow.live.models import Broadcast, State, ThumbnailKind, Visibility
from socialflow.live.paths import captured, upload_key
from socialflow.live.pictures import MAX_BYTES
from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from tests.crash_points.fake_ivs import THUMBNAIL
from tests.unit.live.test_pictures import jpeg, png
from tests.unit.live.world import MEDIA, RECORDINGS, UPLOADS, LiveWorld

ARNS = "arn:aws:ivs:eu-west-1:123456789012:channel/"


def send(world: LiveWorld, broadcast: Broadcast, content: bytes) -> bool:
    """A picture arrives; whether it was published."""
    key = upload_key(broadcast.id, world.ids("pic"))
    client("s3").put_object(Bucket=UPLOADS, Key=key, Body=content)
    published = world.pictures.uploaded(key)
    assert world.objects(UPLOADS) == []
    return published


def capture(world: LiveWorld, **changes: Any) -> bool:
    key = changes.get("key", f"{world.fake.streams[-1].prefix}/{THUMBNAIL}")
    client("s3").put_object(Bucket=RECORDINGS, Key=key, Body=jpeg(640, 360))
    return world.pictures.captured(RECORDINGS, key, channel_arns=ARNS)


class TestUploading:
    def test_to_somebody_else_s(self, world: LiveWorld, ann: Principal, ben: Principal) -> None:
        broadcast = world.live(ann)
        with pytest.raises(BroadcastNotFound):
            world.uploads.open(ben, broadcast.id, content_type="image/png", size_bytes=10)

    def test_to_a_private_one(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann, visibility=Visibility.PRIVATE)
        with pytest.raises(ThumbnailRefused):
            world.uploads.open(ann, broadcast.id, content_type="image/png", size_bytes=10)

    def test_of_too_much(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        with pytest.raises(ThumbnailTooLarge):
            world.uploads.open(
                ann, broadcast.id, content_type="image/png", size_bytes=MAX_BYTES + 1
            )

    def test_takes_exactly_what_was_announced(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        upload = world.uploads.open(ann, broadcast.id, content_type="image/png", size_bytes=10)
        assert f"/thumbnails/{broadcast.id}/pic_" in upload.url
        signed = "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost"
        assert signed in upload.url
        assert upload.headers == {"Content-Type": "image/png"}


class TestPublishing:
    @pytest.mark.parametrize(
        "content", [b"", b"<svg/>", png(10, 10), png(640, 360) + b"x" * MAX_BYTES]
    )
    def test_no_picture(self, world: LiveWorld, ann: Principal, content: bytes) -> None:
        broadcast = world.live(ann)
        assert not send(world, broadcast, content)
        assert world.now(broadcast).thumbnail is None
        assert world.objects() == []

    @pytest.mark.parametrize(
        ("content", "kind", "content_type"),
        [
            (png(640, 360), ThumbnailKind.PNG, "image/png"),
            (jpeg(640, 360), ThumbnailKind.JPEG, "image/jpeg"),
        ],
    )
    def test_a_picture_as_what_it_is(
        self,
        world: LiveWorld,
        ann: Principal,
        content: bytes,
        kind: ThumbnailKind,
        content_type: str,
    ) -> None:
        broadcast = world.live(ann)
        assert send(world, broadcast, content)
        assert send(world, broadcast, content)
        assert world.now(broadcast).thumbnail is kind
        key = f"media/public/live/{broadcast.id}/{kind}"
        assert world.objects() == [key]
        published = client("s3").get_object(Bucket=MEDIA, Key=key)
        assert published["ContentType"] == content_type
        assert published["CacheControl"] == "public, max-age=30"
        view = world.catalog.show(None, broadcast.id)
        assert view.thumbnail_url == f"https://example.com/{key}"

    def test_twice_is_fine(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        assert not world.pictures.uploaded(upload_key(broadcast.id, "gone"))
        assert not world.pictures.uploaded("thumbnails/nobody")

    def test_nothing_of_a_broadcast_that_is_gone(self, world: LiveWorld, ann: Principal) -> None:
        world.ready(ann)
        broadcast = world.create(ann)
        client("dynamodb").delete_item(
            TableName="live",
            Key={"pk": {"S": f"BROADCAST#{broadcast.id}"}, "sk": {"S": "BROADCAST"}},
        )
        assert not send(world, broadcast, png(640, 360))
        assert world.objects() == []

    def test_what_was_looked_at_and_not_what_came_meanwhile(
        self, world: LiveWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broadcast = world.live(ann)
        key = upload_key(broadcast.id, "pic")
        client("s3").put_object(Bucket=UPLOADS, Key=key, Body=jpeg(640, 360))
        read = world.pictures._read

        def overtaken(bucket: str, key: str) -> bytes | None:
            content = read(bucket, key)
            client("s3").put_object(Bucket=UPLOADS, Key=key, Body=b"<svg onload='alert(1)'/>")
            return content

        monkeypatch.setattr(world.pictures, "_read", overtaken)
        assert world.pictures.uploaded(key)
        (shown,) = world.objects()
        published = client("s3").get_object(Bucket=MEDIA, Key=shown)["Body"].read()
        assert published.startswith(b"\xff\xd8\xff")


class TestHiding:
    def test_takes_the_pictures_away(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        send(world, broadcast, png(640, 360))
        world.broadcasts.edit(ann, broadcast.id, {"visibility": "private"}, expected_edits=None)
        world.pictures.remove(broadcast.id)
        assert world.objects() == []
        assert not send(world, broadcast, png(640, 360))
        assert not capture(world)
        assert world.objects() == []

    def test_of_one_that_is_shown_again_takes_nothing(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        send(world, broadcast, png(640, 360))
        world.pictures.remove(broadcast.id)
        assert len(world.objects()) == 1


class TestCapturing:
    def test_shows_the_stream(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        assert capture(world)
        revision = world.now(broadcast).revision
        assert capture(world)
        assert world.now(broadcast).thumbnail is ThumbnailKind.AUTOMATIC
        assert world.now(broadcast).revision == revision

    def test_gives_way_to_the_creator_s_own(self, world: LiveWorld, ann: Principal) -> None:
        broadcast = world.live(ann)
        assert capture(world)
        assert send(world, broadcast, jpeg(640, 360))
        assert not capture(world)
        assert world.now(broadcast).thumbnail is ThumbnailKind.JPEG

    def test_of_what_is_not_live_or_not_ours_shows_nothing(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        broadcast = world.live(ann)
        assert not capture(world, key=f"ivs/v1/1/Unknown/2026/11/21/9/30/Rec1/{THUMBNAIL}")
        assert not capture(world, key=f"{world.fake.streams[-1].prefix}9/{THUMBNAIL}")
        world.fake.end(broadcast.channel_id)
        world.tell()
        assert not capture(world)

    def test_of_the_private_stream_before_shows_nothing(
        self, world: LiveWorld, ann: Principal
    ) -> None:
        private = world.live(ann, visibility=Visibility.PRIVATE)
        late = f"{world.fake.streams[-1].prefix}/{THUMBNAIL}"
        world.broadcasts.end(ann, private.id)
        world.fake.end(private.channel_id)
        world.tell()
        broadcast = world.create(ann)
        world.fake.start(broadcast.channel_id)
        # It is on already, and where it is recorded to has not been told yet.
        world.said[:] = [each for each in world.said if each["detail-type"] != RECORDING_CHANGE]
        world.tell()
        assert world.now(broadcast).state is State.LIVE
        assert not capture(world, key=late)
        assert world.objects() == []

    @pytest.mark.parametrize(
        "key", ["", "media/latest_thumbnail/thumb.jpg", f"other/v1/1/Ch/Rec/{THUMBNAIL}", "ivs/v1"]
    )
    def test_other_keys_say_nothing(self, key: str) -> None:
        assert captured(key) is None
