"""The proof of a step-up."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from api.identity.challenge_schemas import ChallengeToken, Code
from api.identity.passkey_schemas import SignedCredential
from api.identity.schemas import MAX_SENT_PASSWORD_CHARACTERS


class StepUpBody(BaseModel):
    """One proof: the password, a code, or a passkey's answer to a challenge."""

    model_config = ConfigDict(extra="forbid")

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
