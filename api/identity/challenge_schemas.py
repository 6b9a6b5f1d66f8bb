"""What a sign-in answers where a second factor is needed; small, as every sign-in loads it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

if TYPE_CHECKING:
    from socialflow.identity.factors.second_factor import SecondFactorChallenge

ChallengeToken = Annotated[
    str, StringConstraints(min_length=1, max_length=320, pattern=r"^[A-Za-z0-9._:~-]+$")
]
Code = Annotated[
    str,
    StringConstraints(min_length=6, max_length=40),
    Field(
        description="Six digits of the authenticator app, or a recovery code.", examples=["492039"]
    ),
]


class SecondFactorNeeded(BaseModel):
    """The password was right, and the account asks for a code as well."""

    challenge: str = Field(description="Send it back with the code.")
    methods: list[Literal["totp", "recovery_code"]]
    expires_at: datetime

    @classmethod
    def of(cls, challenge: "SecondFactorChallenge") -> Self:
        return cls.model_validate(challenge, from_attributes=True)
