"""Object keys of profile pictures, in the upload and in the media bucket.

A published picture never changes: another one has another version, and so another address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from socialflow.identity.profiles.pictures import SIZES, PictureKind
from socialflow.platform.principal import UserId

UPLOADS: Final = "profiles"
PICTURE_ID_PREFIX: Final = "pic"
PUBLISHED: Final = "media/public/people"
# What is shown where nobody asks for another size.
_USUAL: Final = {PictureKind.AVATAR: "256", PictureKind.BANNER: "1500"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Whose picture an uploaded object is, and which. `version` is the id of the upload, which
    sorts by when it was asked for."""

    user_id: UserId
    kind: PictureKind
    version: str


def upload_key(user_id: UserId, kind: PictureKind, picture_id: str) -> str:
    """Where a picture arrives."""
    return f"{UPLOADS}/{user_id}/{kind}/{picture_id}"


def uploads_prefix(user_id: str) -> str:
    """All pictures of a person that have arrived and were not drawn yet."""
    return f"{UPLOADS}/{user_id}/"


def upload_of(key: str) -> Upload | None:
    """The upload in a key that `upload_key` made, else None."""
    match key.split("/"):
        case ["profiles", user_id, ("avatar" | "banner") as kind, picture_id]:
            return Upload(user_id=UserId(user_id), kind=PictureKind(kind), version=picture_id)
    return None


def published_prefix(user_id: str) -> str:
    """All that is published of a person's pictures."""
    return f"{PUBLISHED}/{user_id}/"


def published_keys(user_id: UserId, kind: PictureKind, version: str) -> dict[str, str]:
    """The keys of one version, by name of the size."""
    return {size.name: _published(user_id, kind, version, size.name) for size in SIZES[kind]}


def picture_path(user_id: UserId, kind: PictureKind, version: str | None) -> str | None:
    """The path of a picture's address, in its usual size; None where there is none."""
    return f"/{_published(user_id, kind, version, _USUAL[kind])}" if version else None


def _published(user_id: UserId, kind: PictureKind, version: str, size: str) -> str:
    return f"{published_prefix(user_id)}{kind}/{version}/{size}.webp"
