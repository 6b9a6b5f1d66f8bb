"""Bodies of registering, passwords and e-mail addresses."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.identity.schemas import MAX_SENT_PASSWORD_CHARACTERS, Email

MAX_SEALED_CHARACTERS = 320

NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=256),
    Field(description="Any characters that can be typed. The commonest passwords are refused."),
]
Handle = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$"),
    Field(description="The public name in links; kept in lower case.", examples=["ann"]),
]
SentPassword = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_SENT_PASSWORD_CHARACTERS)
]
Sealed = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=MAX_SEALED_CHARACTERS, pattern=r"^[A-Za-z0-9._:~-]+$"
    ),
]
MailCode = Annotated[
    str,
    StringConstraints(min_length=6, max_length=16),
    Field(description="The six digits in the mail.", examples=["493027"]),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccountBody(_Body):
    """A new account."""

    email: Email
    password: NewPassword
    handle: Handle
    display_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)
    ] = Field(description="The name that people read.", examples=["Ann Example"])


class Registration(BaseModel):
    """A registration that waits for the code from the mail."""

    registration_token: str = Field(description="Keep it, and send it with the code.")
    expires_at: datetime


class RegistrationBody(_Body):
    """A registration that waits for its code."""

    registration_token: Sealed


class VerifiedRegistrationBody(RegistrationBody):
    """The code from the mail, and another handle where the first is taken by now."""

    code: MailCode
    handle: Handle | None = None


class EmailBody(_Body):
    """An address."""

    email: Email


class MailAsked(BaseModel):
    """Whatever there is to send is on its way; nobody is told whether that is anything."""

    status: Literal["accepted"] = "accepted"


class ResetBody(_Body):
    """The token of the link in the mail, and the new password."""

    token: Sealed
    password: NewPassword


class PasswordBody(_Body):
    """The new password; with the present one, it is checked."""

    current: SentPassword | None = None
    new: NewPassword


class EmailCodeBody(_Body):
    """The code sent to the new address."""

    code: MailCode


class EmailChange(BaseModel):
    """An address that waits for the code sent to it."""

    email: str
    expires_at: datetime
