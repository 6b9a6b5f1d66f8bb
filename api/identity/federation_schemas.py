"""Bodies of sign-in through providers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from socialflow.identity.federation.clients import Client
    from socialflow.identity.federation.flows import Started
    from socialflow.identity.federation.models import LinkedIdentity
    from socialflow.identity.federation.signing_in import NewPerson

ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$")]
_SEALED = StringConstraints(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9._:~-]+$")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInProvider(BaseModel):
    """A provider that people can sign in through here."""

    id: str = Field(examples=["github"])
    name: str = Field(examples=["GitHub"])

    @classmethod
    def of(cls, client: "Client") -> Self:
        return cls(id=client.provider.id, name=client.provider.name)


class SignInProviderList(BaseModel):
    """The providers that are switched on."""

    items: list[SignInProvider]


class StartBody(_Body):
    """What a sign-in through a provider is for, and who begins it."""

    intent: Literal["sign_in", "link"] = "sign_in"
    return_to: Annotated[str, StringConstraints(min_length=1, max_length=512)] = Field(
        default="web",
        description="`web` for the page `/signed-in`, or the address registered for an app.",
    )
    challenge: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")] = Field(
        description="The S256 of a random verifier that the client keeps (RFC 7636, 4.2)."
    )


class StartedFlow(BaseModel):
    """Where to send the person."""

    authorization_url: str
    expires_at: datetime = Field(description="Until when they may come back.")

    @classmethod
    def of(cls, started: "Started") -> Self:
        return cls.model_validate(started, from_attributes=True)


class ExchangeBody(_Body):
    """What came back in the fragment, and the verifier of the one who began."""

    flow: Annotated[str, _SEALED]
    verifier: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]


class ProviderLinkedBody(BaseModel):
    """The provider is linked to the caller's account now."""

    linked: str = Field(description="The provider's id.")


class SignUpNeeded(BaseModel):
    """Nobody here has this identity yet: ask for a handle and a name."""

    signup_token: str
    expires_at: datetime
    provider: str
    suggested_handle: str = Field(description="May be taken, or empty.")
    suggested_name: str
    email: str | None = Field(description="Confirmed by the provider; the account will have it.")

    @classmethod
    def of(cls, person: "NewPerson") -> Self:
        return cls.model_validate(person, from_attributes=True)


class SignUpBody(_Body):
    """How a new person wants to be called."""

    signup_token: Annotated[str, _SEALED]
    handle: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{3,30}$")] = Field(
        description="The public name in links; kept in lower case.", examples=["ann"]
    )
    display_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)
    ] = Field(description="The name that people read.", examples=["Ann Example"])


class LinkedProvider(BaseModel):
    """A provider that is linked to the caller's account."""

    id: str
    name: str
    label: str = Field(description="What its owner knows the identity by.")
    linked_at: datetime

    @classmethod
    def of(cls, linked: "LinkedIdentity") -> Self:
        from socialflow.identity.federation.providers import PROVIDERS

        return cls(
            id=linked.provider,
            name=PROVIDERS[linked.provider].name,
            label=linked.label,
            linked_at=linked.linked_at,
        )


class LinkedProviderList(BaseModel):
    """All of them; there is one of each provider at most."""

    items: list[LinkedProvider]
