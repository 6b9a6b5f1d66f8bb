"""Bodies of passkeys. Credentials and options are WebAuthn's own JSON (Level 3, 5.1.8 to 5.1.10):
what `toJSON()` of a credential gives, and what `parse…OptionsFromJSON` takes.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.etags import etag
from api.identity.challenge_schemas import ChallengeToken
from api.text import one_line
from socialflow.platform.ids import id_pattern

# Loaded when the first passkey is asked for, not with every function's start.
if TYPE_CHECKING:
    from socialflow.identity.factors.passkeys import CeremonyOptions
    from socialflow.identity.factors.records import Passkey

MAX_NAME_CHARACTERS = 50

PasskeyIdPath = Annotated[str, StringConstraints(pattern=id_pattern("psk"))]
PasskeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARACTERS),
    AfterValidator(one_line),
    Field(description="What its owner calls it.", examples=["Phone"]),
]


def _base64url(max_length: int) -> Any:
    return StringConstraints(min_length=1, max_length=max_length, pattern=r"^[A-Za-z0-9_-]+$")


CredentialId = Annotated[str, _base64url(1364)]
Transport = Annotated[str, StringConstraints(max_length=32)]


class _Sent(BaseModel):
    # Browsers send more than is looked at, and later ones will send more still.
    model_config = ConfigDict(extra="ignore")


class _Attestation(_Sent):
    clientDataJSON: Annotated[str, _base64url(8192)]
    attestationObject: Annotated[str, _base64url(65536)]
    transports: Annotated[list[Transport], Field(max_length=16)] = []


class _Assertion(_Sent):
    clientDataJSON: Annotated[str, _base64url(8192)]
    authenticatorData: Annotated[str, _base64url(8192)]
    signature: Annotated[str, _base64url(8192)]
    userHandle: Annotated[str, _base64url(88)] | None = None


class CreatedCredential(_Sent):
    """RegistrationResponseJSON."""

    id: CredentialId
    rawId: CredentialId
    type: Literal["public-key"]
    response: _Attestation


class SignedCredential(_Sent):
    """AuthenticationResponseJSON."""

    id: CredentialId
    rawId: CredentialId
    type: Literal["public-key"]
    response: _Assertion


class CredentialDescriptor(BaseModel):
    """PublicKeyCredentialDescriptorJSON."""

    id: str
    type: Literal["public-key"]
    transports: list[str] = []


class RelyingPartyEntity(BaseModel):
    """Whom a passkey is for."""

    id: str
    name: str


class UserEntity(BaseModel):
    """Whose a passkey is to be, as a browser's dialogs name them."""

    id: str
    name: str
    displayName: str


class KeyParameters(BaseModel):
    """A kind of key that we can verify (COSE)."""

    type: Literal["public-key"]
    alg: int


class AuthenticatorSelection(BaseModel):
    """What an authenticator must be able to do."""

    residentKey: Literal["required"]
    requireResidentKey: bool
    userVerification: Literal["required"]


class CreationOptions(BaseModel):
    """PublicKeyCredentialCreationOptionsJSON."""

    rp: RelyingPartyEntity
    user: UserEntity
    challenge: str
    pubKeyCredParams: list[KeyParameters]
    timeout: int
    excludeCredentials: list[CredentialDescriptor]
    authenticatorSelection: AuthenticatorSelection
    attestation: Literal["none"]


class RequestOptions(BaseModel):
    """PublicKeyCredentialRequestOptionsJSON."""

    rpId: str
    challenge: str
    timeout: int
    allowCredentials: list[CredentialDescriptor]
    userVerification: Literal["required"]


class PasskeyCreation(BaseModel):
    """What the browser is asked to make a passkey."""

    challenge_token: str = Field(description="Send it back with the credential.")
    public_key: CreationOptions
    expires_at: datetime

    @classmethod
    def of(cls, options: "CeremonyOptions") -> Self:
        return cls.model_validate(options, from_attributes=True)


class PasskeyRequest(BaseModel):
    """What the browser is asked to prove a passkey."""

    challenge_token: str = Field(description="Send it back with the credential.")
    public_key: RequestOptions
    expires_at: datetime

    @classmethod
    def of(cls, options: "CeremonyOptions") -> Self:
        return cls.model_validate(options, from_attributes=True)


class NewPasskeyBody(BaseModel):
    """The passkey that the browser made."""

    model_config = ConfigDict(extra="forbid")

    challenge_token: ChallengeToken
    credential: CreatedCredential
    name: PasskeyName


class PasskeySignInBody(BaseModel):
    """The browser's answer to a challenge."""

    model_config = ConfigDict(extra="forbid")

    challenge_token: ChallengeToken
    credential: SignedCredential


class RenamePasskeyBody(BaseModel):
    """A passkey's other name."""

    model_config = ConfigDict(extra="forbid")

    name: PasskeyName


class PasskeyBody(BaseModel):
    """A passkey, as its owner sees it."""

    id: str
    name: str
    etag: str = Field(description="What `If-Match` of an edit takes.")
    created_at: datetime
    last_used_at: datetime | None
    synced: bool = Field(description="Its maker copies it to the owner's other devices.")
    suspected_clone: bool = Field(description="It counted backwards once; better remove it.")

    @classmethod
    def of(cls, passkey: "Passkey") -> Self:
        return cls(
            id=passkey.id,
            name=passkey.name,
            etag=etag(passkey.edits, 0),
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
            synced=passkey.can_be_synced,
            suspected_clone=passkey.clone_suspected_at is not None,
        )


class PasskeyList(BaseModel):
    """All of an account's passkeys, oldest first; 20 at most."""

    items: list[PasskeyBody]
