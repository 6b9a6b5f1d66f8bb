"""Bodies of authenticator apps and of what opens an account."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field

from api.identity.challenge_schemas import ChallengeToken, Code

# Loaded when a second factor is first asked for, not with every function's start.
if TYPE_CHECKING:
    from socialflow.identity.factors.authenticator_app import ShownSecret
    from socialflow.identity.factors.overview import Security


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SecondFactorBody(_Body):
    """The code that a challenge asks for."""

    challenge: ChallengeToken
    code: Code


class NewTotpBody(BaseModel):
    """What an authenticator app is given. It is shown this once."""

    secret: str = Field(description="Base 32, to be typed where nothing can be scanned.")
    otpauth_uri: str
    qr_svg: str = Field(description="The same as a QR code: an `<svg>` element.")
    expires_at: datetime = Field(description="Until when it can be confirmed.")

    @classmethod
    def of(cls, shown: "ShownSecret") -> Self:
        return cls.model_validate(shown, from_attributes=True)


class CodeBody(_Body):
    """A code that the authenticator app shows."""

    code: Code


class NewRecoveryCodes(BaseModel):
    """Recovery codes. They are shown this once, and each is good once."""

    recovery_codes: list[str]


class TotpState(BaseModel):
    """The authenticator app of an account."""

    enabled: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class SecurityBody(BaseModel):
    """How an account can be entered."""

    has_password: bool
    email_verified: bool
    totp: TotpState
    passkeys: int
    providers: list[str] = Field(description="Ids of linked providers.")

    @classmethod
    def of(cls, security: "Security") -> Self:
        return cls.model_validate(security, from_attributes=True)
