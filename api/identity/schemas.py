"""Bodies of the sign-in routes."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from socialflow.identity.models import User
from socialflow.identity.sessions.sessions import SignedIn
from socialflow.platform.clock import utc_now

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


class NewAccountBody(_Body):
    """A new account."""

    email: Email
    password: Annotated[str, StringConstraints(min_length=8, max_length=256)] = Field(
        description="Any characters that can be typed. The commonest passwords are refused."
    )
    handle: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$")] = Field(
        description="The public name in links; kept in lower case.", examples=["ann"]
    )
    display_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)
    ] = Field(description="The name that people read.", examples=["Ann Example"])


class LoginBody(_Body):
    """An address and its password."""

    email: Email
    password: Annotated[
        str, StringConstraints(min_length=1, max_length=MAX_SENT_PASSWORD_CHARACTERS)
    ]


class RefreshBody(_Body):
    """The refresh token that came last."""

    refresh_token: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=MAX_REFRESH_TOKEN_CHARACTERS, pattern=r"^[A-Za-z0-9._-]+$"
        ),
    ]


class Account(BaseModel):
    """An account, as its owner sees it."""

    id: str
    email: str | None
    handle: str
    display_name: str
    roles: list[str]
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            email=user.email,
            handle=user.handle,
            display_name=user.display_name,
            roles=list(user.roles(utc_now())),
            created_at=user.created_at,
        )


class Tokens(BaseModel):
    """A session's tokens and whose they are."""

    user: Account
    access_token: str = Field(description="Send as `Authorization: Bearer …`.")
    refresh_token: str = Field(
        description="Good once, for 30 days; a refresh answers the next one. Keep it secret."
    )
    expires_in: int = Field(description="Seconds for which the access token is good.")

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        return cls(
            user=Account.of(signed_in.user),
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            expires_in=signed_in.expires_in_seconds,
        )


class PublicKey(BaseModel):
    """An EC public key (RFC 7517, RFC 7518, 6.2)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class PublicKeySet(BaseModel):
    """A JWK set (RFC 7517, 5)."""

    keys: list[PublicKey]
