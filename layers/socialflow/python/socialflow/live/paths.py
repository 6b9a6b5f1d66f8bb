"""Object keys of thumbnails, in the upload, the recording and the media bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from socialflow.live.models import ThumbnailKind

UPLOADS: Final = "thumbnails"
LATEST: Final = "media/latest_thumbnail/thumb.jpg"


@dataclass(frozen=True, slots=True)
class CapturedPicture:
    """What the key of a captured picture says: whose it is, and below which recording it lies."""

    channel_resource: str
    recording_prefix: str


def upload_key(broadcast_id: str, upload_id: str) -> str:
    """Where a creator's picture arrives."""
    return f"{UPLOADS}/{broadcast_id}/{upload_id}"


def uploads_prefix(broadcast_id: str) -> str:
    """All pictures that arrived for a broadcast and were not looked at yet."""
    return f"{UPLOADS}/{broadcast_id}/"


def recordings_prefix(channel_arn: str) -> str:
    """All recordings of a channel, as IVS lays them out."""
    _, _, _, _, account, channel = channel_arn.split(":")
    return f"ivs/v1/{account}/{channel.rpartition('/')[2]}/"


def broadcast_of_upload(key: str) -> str | None:
    """The broadcast in a key that `upload_key` made, else None."""
    match key.split("/"):
        case ["thumbnails", broadcast_id, _]:
            return broadcast_id
    return None


def thumbnails_prefix(broadcast_id: str) -> str:
    """All published pictures of a broadcast: three at most, each overwritten."""
    return f"media/public/live/{broadcast_id}/"


def thumbnail_key(broadcast_id: str, kind: ThumbnailKind) -> str:
    """A published picture; also the path of its address."""
    return f"{thumbnails_prefix(broadcast_id)}{kind}"


def captured(key: str) -> CapturedPicture | None:
    """What the key of a recording's latest thumbnail says; None for any other key.

    `ivs/v1/<account>/<channel>/<Y>/<M>/<D>/<h>/<m>/<recording>/media/latest_thumbnail/thumb.jpg`
    ("Auto-record to Amazon S3", Amazon IVS User Guide).
    """
    prefix, found, rest = key.partition(f"/{LATEST}")
    parts = prefix.split("/")
    if not found or rest or len(parts) < 5 or parts[:2] != ["ivs", "v1"]:
        return None
    return CapturedPicture(channel_resource=parts[3], recording_prefix=prefix)
