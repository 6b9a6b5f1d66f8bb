"""People as other people see them, the same on every route."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from socialflow.identity.facade import Profile
from socialflow.identity.profiles.paths import picture_path
from socialflow.identity.profiles.pictures import PictureKind
from socialflow.platform.principal import UserId
from socialflow.platform.settings import setting

HandlePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$")]


class Person(BaseModel):
    """Somebody, by what anybody may know of them."""

    id: str
    handle: str
    display_name: str
    avatar_url: str | None = Field(
        description="WebP, 256 pixels a side; `64.webp` and `512.webp` lie beside it."
    )

    @classmethod
    def of(cls, profile: Profile) -> Person:
        return cls(
            id=profile.id,
            handle=profile.handle,
            display_name=profile.display_name,
            avatar_url=picture_url(profile.id, PictureKind.AVATAR, profile.avatar),
        )


def picture_url(user_id: UserId, kind: PictureKind, version: str | None) -> str | None:
    """The address of somebody's picture; relative to the API's origin where a stage has no domain.

    It never changes what it shows: another picture has another address.
    """
    path = picture_path(user_id, kind, version)
    return f"{setting('SF_PUBLIC_ORIGIN', '').rstrip('/')}{path}" if path else None
