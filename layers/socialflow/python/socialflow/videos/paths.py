"""Object keys of the upload and the media bucket. A media key is also the URL path."""

from typing import Final

from socialflow.videos.models import MediaSet, Zone

MEDIA_ROOT: Final = "media"


def source_key(video_id: str) -> str:
    """The uploaded file; the name that the creator gave it is kept in the table, not here."""
    return f"uploads/{video_id}/source"


def video_of_source(key: str) -> str | None:
    """The video id in a key that `source_key` made, else None."""
    match key.split("/"):
        case ["uploads", video_id, "source"]:
            return video_id
    return None


def video_prefix(zone: Zone, video_id: str) -> str:
    """Everything of one video in one zone."""
    return f"{MEDIA_ROOT}/{zone}/{video_id}/"


def set_prefix(zone: Zone, video_id: str, name: str, generation: int) -> str:
    """One set: `media/public/vid_…/a1/`, and `a1.2` after it has moved once."""
    folder = name if generation == 1 else f"{name}.{generation}"
    return f"{video_prefix(zone, video_id)}{folder}/"


def prefix_of(video_id: str, media: MediaSet) -> str:
    """The prefix at which a set lies now."""
    return set_prefix(media.zone, video_id, media.name, media.generation)
