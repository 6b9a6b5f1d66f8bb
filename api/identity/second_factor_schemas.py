"""Bodies of second factors and step-up."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.identity.passkey_schemas import ChallengeToken, SignedCredential
from api.identity.schemas import MAX_SENT_PASSWORD_CHARACTERS

# Loaded when a second factor is first asked for, not with every function's start.
if TYPE_CHECKING:
    from socialflow.identity.factors.authenticator_app import ShownSecret
    from socialflow.identity.factors.overview import Security
    from socialflow.identity.factors.second_factor import SecondFactorChallenge

Code = Annotated[
    str,
    StringConstraints(min_length=6, max_length=40),
    Field(
        description="Six digits of the authenticator app, or a recovery code.", examples=["492039"]
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SecondFactorNeeded(BaseModel):
    """The password was right, and the account asks for a code as well."""

    challenge: str = Field(description="Send it back with the code.")
    methods: list[Literal["totp", "recovery_code"]]
    expires_at: datetime

    @classmethod
    def of(cls, challenge: "SecondFactorChallenge") -> Self:
        return cls.model_validate(challenge, from_attributes=True)


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


class StepUpBody(_Body):
    """One proof: the password, a code, or a passkey's answer to a challenge."""

    password: (
        Annotated[str, StringConstraints(min_length=1, max_length=MAX_SENT_PASSWORD_CHARACTERS)]
        | None
    ) = None
    code: Code | None = None
    challenge_token: ChallengeToken | None = None
    credential: SignedCredential | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.challenge_token is None) != (self.credential is None):
            raise ValueError("challenge_token and credential come together")
        if sum(each is not None for each in (self.password, self.code, self.credential)) != 1:
            raise ValueError("exactly one of password, code and credential")
        return self


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
