"""Bodies of the sign-in routes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.people import picture_url
from socialflow.identity.models import AccountState, User
from socialflow.identity.profiles.details import BirthBand, Interest
from socialflow.identity.profiles.handles import change_after
from socialflow.identity.profiles.pictures import PictureKind
from socialflow.platform.clock import utc_now

if TYPE_CHECKING:
    from socialflow.identity.sessions.sessions import SignedIn

# Sent by a client in any normal form, so longer here than what is finally kept or compared.
MAX_SENT_PASSWORD_CHARACTERS = 1024
MAX_REFRESH_TOKEN_CHARACTERS = 512

Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254),
    Field(description="Compared without regard to case.", examples=["ann@example.com"]),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginBody(_Body):
    """An address and its password."""

    email: Email
    password: Annotated[
        str, StringConstraints(min_length=1, max_length=MAX_SENT_PASSWORD_CHARACTERS)
    ]


class RefreshBody(_Body):
    """The refresh token that came last; nothing where it comes in a cookie."""

    refresh_token: (
        Annotated[
            str,
            StringConstraints(
                min_length=1, max_length=MAX_REFRESH_TOKEN_CHARACTERS, pattern=r"^[A-Za-z0-9._-]+$"
            ),
        ]
        | None
    ) = None


class Account(BaseModel):
    """An account, as its owner sees it."""

    id: str
    email: str | None
    handle: str
    display_name: str
    roles: list[str]
    bio: str
    links: list[str]
    locale: str | None
    avatar_url: str | None = Field(description="256 pixels a side; 64 and 512 lie beside it.")
    banner_url: str | None
    birth_band: BirthBand | None
    interests: list[Interest]
    handle_change_after: datetime | None = Field(
        description="When the handle may be changed next; null where it may be at any time."
    )
    state: AccountState
    delete_after: datetime | None = Field(description="When a closing account will be gone.")
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        now = utc_now()
        change = change_after(user)
        return cls(
            id=user.id,
            email=user.email,
            handle=user.handle,
            display_name=user.display_name,
            roles=list(user.roles(now)),
            bio=user.bio,
            links=list(user.links),
            locale=user.locale,
            avatar_url=picture_url(user.id, PictureKind.AVATAR, user.avatar),
            banner_url=picture_url(user.id, PictureKind.BANNER, user.banner),
            birth_band=BirthBand(user.birth_band) if user.birth_band else None,
            interests=[Interest(name) for name in user.interests],
            handle_change_after=change if change and now < change else None,
            state=user.state,
            delete_after=user.delete_after,
            created_at=user.created_at,
        )


class Tokens(BaseModel):
    """A session's tokens and whose they are."""

    user: Account
    access_token: str = Field(description="Send as `Authorization: Bearer …`.")
    refresh_token: str | None = Field(
        description="Good once, for 30 days; a refresh answers the next one. Keep it secret. "
        "Null where it went into a cookie."
    )
    expires_in: int = Field(description="Seconds for which the access token is good.")
    device_token: str | None = Field(
        description="For sign-in alone: what this device is known by the next time. Keep it after "
        "signing out and send it as `X-Device-Token` when signing in. Null after a refresh and "
        "where it went into a cookie."
    )

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        return cls(
            user=Account.of(signed_in.user),
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_in=signed_in.expires_in_seconds,
            device_token=signed_in.device_token,
        )
