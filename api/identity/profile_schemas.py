"""Bodies of the profile routes.

Input names what a person may say of themselves and nothing else: a role, an id or a version among
it is refused as malformed, whatever the account is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.people import picture_url
from socialflow.identity.models import User
from socialflow.identity.profiles.details import (
    MAX_BIO_CHARACTERS,
    MAX_INTERESTS,
    MAX_LINK_CHARACTERS,
    MAX_LINKS,
    BirthBand,
    Interest,
)
from socialflow.identity.profiles.pictures import MAX_BYTES, PictureKind
from socialflow.identity.profiles.uploads import PictureState, PictureUpload

# Longer than what is kept: `clean_bio` and its like trim first and say what is wrong.
_SENT_BIO = MAX_BIO_CHARACTERS * 4


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditProfile(_Body):
    """What is given is changed, the rest stays; null empties `locale` and `birth_band`."""

    display_name: Annotated[
        str | None,
        Field(max_length=200, description="1 to 50 characters; none of our own names."),
    ] = None
    bio: Annotated[
        str | None, Field(max_length=_SENT_BIO, description=f"{MAX_BIO_CHARACTERS} characters.")
    ] = None
    links: Annotated[
        list[Annotated[str, StringConstraints(max_length=MAX_LINK_CHARACTERS)]] | None,
        Field(max_length=MAX_LINKS, description="https or http, without user or password."),
    ] = None
    locale: Annotated[
        str | None, Field(max_length=35, description="A language tag.", examples=["de-AT"])
    ] = None
    birth_band: Annotated[
        BirthBand | None, Field(description="How old one is, for those who want to say.")
    ] = None
    interests: Annotated[
        list[Interest] | None,
        Field(max_length=MAX_INTERESTS, description="What one likes, for those who want to say."),
    ] = None

    def changes(self) -> dict[str, object]:
        """What was given, by name."""
        return {
            name: getattr(self, name)
            for name in sorted(self.model_fields_set)
            if getattr(self, name) is not None or name in ("locale", "birth_band")
        }


class NewHandle(_Body):
    """The handle to have from now on."""

    handle: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$")]


class PublicProfile(BaseModel):
    """Somebody's profile, as anybody sees it."""

    id: str
    handle: str
    display_name: str
    bio: str = Field(description="Plain text with line ends; markup in it means nothing.")
    links: list[str] = Field(description="https or http, in ASCII. Show them with rel=nofollow.")
    avatar_url: str | None
    banner_url: str | None
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> PublicProfile:
        return cls(
            id=user.id,
            handle=user.handle,
            display_name=user.display_name,
            bio=user.bio,
            links=list(user.links),
            avatar_url=picture_url(user.id, PictureKind.AVATAR, user.avatar),
            banner_url=picture_url(user.id, PictureKind.BANNER, user.banner),
            created_at=user.created_at,
        )


class NewPicture(_Body):
    """A picture, before a byte of it is sent."""

    content_type: Literal["image/jpeg", "image/png", "image/webp"]
    size_bytes: Annotated[
        int, Field(strict=True, ge=1, le=2**31, description=f"{MAX_BYTES} at most.")
    ]


class PictureUploadBody(BaseModel):
    """Where to PUT the picture, within ten minutes, and the headers to send with it."""

    upload_id: str
    upload_url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, upload: PictureUpload) -> PictureUploadBody:
        return cls(upload_id=upload.id, upload_url=upload.url, headers=upload.headers)


class RefusedPicture(BaseModel):
    """The last upload that was no picture which could be used."""

    upload_id: str
    reason: str = Field(description="For the owner to read.")


class PictureBody(BaseModel):
    """A picture of one's own, and what became of the last upload."""

    url: str | None
    refused: RefusedPicture | None = Field(
        description="The upload that came last, if it was refused."
    )

    @classmethod
    def of(cls, state: PictureState) -> PictureBody:
        return cls(
            url=picture_url(state.user_id, state.kind, state.version),
            refused=(
                RefusedPicture(upload_id=state.refused_id, reason=state.refused_because)
                if state.refused_id
                else None
            ),
        )
