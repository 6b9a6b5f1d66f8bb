"""Pictures of broadcasts: uploaded by their creator, or captured by IVS from the stream.

Both are published by putting them below the public media prefix of their broadcast, three objects
at most, each overwritten by the next of its kind. A private broadcast has none there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from socialflow.live.broadcasts import BroadcastService
from socialflow.live.channel_repository import ChannelRepository
from socialflow.live.errors import ThumbnailRefused, ThumbnailTooLarge
from socialflow.live.metadata import without_metadata
from socialflow.live.models import Broadcast, State, ThumbnailKind, Visibility
from socialflow.live.paths import (
    broadcast_of_upload,
    captured,
    thumbnail_key,
    upload_key,
)
from socialflow.live.pictures import MAX_BYTES, NotAPicture, picture_of
from socialflow.live.repository import BroadcastRepository, Raced
from socialflow.platform.ids import IdFactory
from socialflow.platform.observability import logger
from socialflow.platform.principal import Principal
from socialflow.platform.uploads import SignedUpload, bounded_read, signed_upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Fixed addresses with changing pictures: long enough for a page, short enough to change.
CACHE_CONTROL: Final = "public, max-age=30"
MAX_RACES: Final = 5
_KINDS: Final = {"image/jpeg": ThumbnailKind.JPEG, "image/png": ThumbnailKind.PNG}


class ThumbnailRaced(Exception):
    """The broadcast changed again and again meanwhile; the event must come again."""


class ThumbnailUploads:
    """Lets creators send pictures."""

    def __init__(
        self,
        broadcasts: BroadcastService,
        client: Callable[[], S3Client],
        *,
        bucket: str,
        new_id: IdFactory,
    ) -> None:
        self._broadcasts = broadcasts
        self._client = client
        self._bucket = bucket
        self._new_id = new_id

    def open(
        self, owner: Principal, broadcast_id: str, *, content_type: str, size_bytes: int
    ) -> SignedUpload:
        """A URL that takes exactly a picture of this type and size. One read, no write.

        Raises `BroadcastNotFound`, `ThumbnailRefused`, `ThumbnailTooLarge`.
        """
        broadcast = self._broadcasts.owned(owner, broadcast_id)
        if broadcast.visibility is Visibility.PRIVATE:
            raise ThumbnailRefused("A private broadcast has no picture.", broadcast_id=broadcast_id)
        if size_bytes > MAX_BYTES:
            raise ThumbnailTooLarge(
                f"A picture may have {MAX_BYTES} bytes at most.", max_size_bytes=MAX_BYTES
            )
        return signed_upload(
            self._client(),
            bucket=self._bucket,
            key=upload_key(broadcast_id, self._new_id("pic")),
            content_type=content_type,
            size_bytes=size_bytes,
        )


class ThumbnailPublisher:
    """Publishes what has arrived. Safe to repeat and to stop half-way."""

    def __init__(
        self,
        broadcasts: BroadcastRepository,
        channels: ChannelRepository,
        client: Callable[[], S3Client],
        *,
        upload_bucket: str,
        media_bucket: str,
    ) -> None:
        self._broadcasts = broadcasts
        self._channels = channels
        self._client = client
        self._upload_bucket = upload_bucket
        self._media_bucket = media_bucket

    def uploaded(self, key: str) -> bool:
        """A picture has arrived; whether it was published. What is no picture is removed."""
        broadcast_id = broadcast_of_upload(key)
        if broadcast_id is None:
            return False
        published = False
        content = self._read(self._upload_bucket, key)
        if content is not None:
            published = self._publish_upload(broadcast_id, content)
        self._client().delete_object(Bucket=self._upload_bucket, Key=key)
        return published

    def captured(self, bucket: str, key: str, *, channel_arns: str) -> bool:
        """IVS has taken a picture of a stream; whether it was published."""
        picture = captured(key)
        if picture is None:
            return False
        channel = self._channels.of_arn(f"{channel_arns}{picture.channel_resource}")
        if channel is None or channel.current_broadcast_id is None:
            return False
        broadcast = self._broadcasts.get(channel.current_broadcast_id, consistent=True)
        if broadcast is None or broadcast.state is not State.LIVE:
            return False
        known = [
            each.recording.key_prefix for each in broadcast.sessions.values() if each.recording
        ]
        # The last picture of the stream before may come late, and that one may have been private.
        if picture.recording_prefix not in known:
            return False
        if broadcast.thumbnail not in (None, ThumbnailKind.AUTOMATIC):
            return False
        content = self._read(bucket, key)
        return content is not None and self._publish(broadcast, ThumbnailKind.AUTOMATIC, content)

    def remove(self, broadcast_id: str) -> None:
        """Takes the pictures of a broadcast away that is private or deleted."""
        broadcast = self._broadcasts.get(broadcast_id, consistent=True)
        if broadcast and broadcast.visibility is not Visibility.PRIVATE:
            return
        self._remove(broadcast_id)

    def _publish_upload(self, broadcast_id: str, content: bytes) -> bool:
        try:
            picture = picture_of(content)
        except NotAPicture as refused:
            logger().warning(
                "thumbnail refused", extra={"broadcast_id": broadcast_id, "reason": str(refused)}
            )
            return False
        broadcast = self._broadcasts.get(broadcast_id, consistent=True)
        if broadcast is None:
            return False
        bare = without_metadata(content)
        return self._publish(broadcast, _KINDS[picture.content_type], bare)

    def _publish(self, broadcast: Broadcast, kind: ThumbnailKind, content: bytes) -> bool:
        """Puts the picture first, then points the row to it; takes it back where none may be.

        These very bytes: what lies at the upload's address may be another file by now.
        """
        if broadcast.visibility is Visibility.PRIVATE:
            return False
        self._client().put_object(
            Bucket=self._media_bucket,
            Key=thumbnail_key(broadcast.id, kind),
            Body=content,
            ContentType="image/png" if kind is ThumbnailKind.PNG else "image/jpeg",
            CacheControl=CACHE_CONTROL,
        )
        for _ in range(MAX_RACES):
            now = self._broadcasts.get(broadcast.id, consistent=True)
            if now is None or now.visibility is Visibility.PRIVATE:
                self._remove(broadcast.id)
                return False
            chosen = now.thumbnail not in (None, ThumbnailKind.AUTOMATIC)
            if now.thumbnail is kind or (chosen and kind is ThumbnailKind.AUTOMATIC):
                return True
            try:
                self._broadcasts.save(now, replace(now, thumbnail=kind))
            except Raced:
                continue
            return True
        raise ThumbnailRaced(broadcast.id)

    def _remove(self, broadcast_id: str) -> None:
        for kind in ThumbnailKind:
            key = thumbnail_key(broadcast_id, kind)
            self._client().delete_object(Bucket=self._media_bucket, Key=key)

    def _read(self, bucket: str, key: str) -> bytes | None:
        """An object's bytes; None where it is gone or larger than it may be."""
        return bounded_read(self._client(), bucket=bucket, key=key, max_bytes=MAX_BYTES)
