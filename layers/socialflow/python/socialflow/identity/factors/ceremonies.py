"""Passkeys: what browsers are asked, and whether what they answer proves anything (WebAuthn 3).

    creation_options ──▶ navigator.credentials.create() ──▶ verify_new ──▶ NewPasskey
    request_options  ──▶ navigator.credentials.get()    ──▶ verify     ──▶ Proof

A passkey is discoverable (the browser finds it without a name being typed) and the authenticator
must have verified its user, by a finger, a face or a PIN; so it stands for two factors. Nothing
here reads or keeps anything: who the challenge was for, and that it comes once, is the caller's.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

NAME: Final = "Social Flow"
TIMEOUT_MS: Final = 300_000  # WebAuthn 3, 15.1: five to ten minutes where the user is verified
MAX_CREDENTIAL_ID_BYTES: Final = 1023  # WebAuthn 3, 7.1, step 25
MAX_USER_HANDLE_BYTES: Final = 64
# COSE, the authenticators' common ones: ES256, EdDSA, RS256.
ALGORITHMS: Final = (-7, -8, -257)
# The keys that go with them, by type, algorithm and curve: P-256, Ed25519, RSA (WebAuthn 3, 5.8.5).
_KEYS: Final = ((2, -7, 1), (1, -8, 6), (3, -257, None))
TRANSPORTS: Final = ("ble", "hybrid", "internal", "nfc", "smart-card", "usb")
# What webauthn, cbor2, json and cryptography raise for bytes that are not what they should be.
_BAD_BYTES: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    AssertionError,
    struct.error,
)


class CeremonyRefused(Exception):
    """The answer proves nothing. What is wrong with it is for the log, not for the client."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom passkeys are made: a host, and the one origin that pages may ask from."""

    id: str
    origin: str

    @classmethod
    def of_origin(cls, origin: str) -> RelyingParty:
        """The relying party of a web address such as `https://socialflow.example`."""
        parts = urlsplit(origin)
        if not parts.hostname:
            raise ValueError(f"{origin!r} is not the origin of a page")
        return cls(id=parts.hostname, origin=f"{parts.scheme}://{parts.netloc}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A passkey that an account has, as far as a browser is told of it."""

    credential_id: bytes
    transports: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """A passkey as its authenticator made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    aaguid: str
    transports: tuple[str, ...]
    can_be_synced: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose passkey an answer says that it is of. Nothing is proven yet."""

    user_handle: bytes
    credential_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The holder of the passkey's private key was there and was verified."""

    credential_id: bytes
    sign_count: int


def creation_options(
    party: RelyingParty,
    *,
    challenge: bytes,
    user_handle: bytes,
    account: str,
    display_name: str,
    known: Sequence[Known],
) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptionsJSON. `known` are not made on the same device again."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=user_handle,
        user_name=account,
        user_display_name=display_name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(each) for each in known],
        supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
    )
    return options_to_json_dict(options)


def verify_new(
    party: RelyingParty, credential: Mapping[str, Any], *, challenge: bytes
) -> NewPasskey:
    """The passkey in the browser's answer to `creation_options`; raises `CeremonyRefused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_cbor,
    )
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
        )
        _refuse_foreign_frames(credential)
        # A key that nothing can be verified with must not come to be anybody's way in.
        key = decode_credential_public_key(made.credential_public_key)
        decoded_public_key_to_cryptography(key)
        kind = (key.kty, key.alg, getattr(key, "crv", None))
        if kind not in _KEYS:
            raise CeremonyRefused("the key is not of its algorithm's kind")
        # CBOR's `true` and simple values equal numbers in Python; in COSE they stand for nothing.
        numbers = (*parse_cbor(made.credential_public_key), *kind)
        if any(type(each) not in (int, NoneType) for each in numbers):
            raise CeremonyRefused("the key is not described by numbers")
        if made.credential_id != _bytes(credential["rawId"]):
            raise CeremonyRefused("the passkey made is not the one that the answer names")
        transports = credential["response"].get("transports") or ()
        transports = tuple(sorted({each for each in transports if each in TRANSPORTS}))
    except (WebAuthnException, *_BAD_BYTES) as error:
        raise CeremonyRefused(str(error)) from error
    if not 1 <= len(made.credential_id) <= MAX_CREDENTIAL_ID_BYTES:
        raise CeremonyRefused("the passkey's id is too long")
    return NewPasskey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        aaguid=made.aaguid,
        transports=transports,
        can_be_synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def request_options(
    party: RelyingParty, *, challenge: bytes, known: Sequence[Known] = ()
) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptionsJSON; without `known` ones the browser offers its own."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=[_descriptor(each) for each in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def claim_of(credential: Mapping[str, Any]) -> Claim:
    """Whose passkey the answer to `request_options` names; raises `CeremonyRefused`."""
    try:
        user_handle = _bytes(credential["response"]["userHandle"])
        credential_id = _bytes(credential["rawId"])
    except _BAD_BYTES as error:
        raise CeremonyRefused("the answer names no account or no passkey") from error
    if not (
        1 <= len(user_handle) <= MAX_USER_HANDLE_BYTES
        and 1 <= len(credential_id) <= MAX_CREDENTIAL_ID_BYTES
    ):
        raise CeremonyRefused("the answer names no account or no passkey")
    return Claim(user_handle, credential_id)


def verify(
    party: RelyingParty,
    credential: Mapping[str, Any],
    *,
    challenge: bytes,
    public_key: bytes,
    can_be_synced: bool,
) -> Proof:
    """What the browser's answer to `request_options` proves; raises `CeremonyRefused`.

    Whether the sign count has risen is the caller's to say, once it is proven whose count it is.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        proven = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            # The library would compare before it has verified the signature: then anybody could
            # make a genuine passkey look cloned.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        _refuse_foreign_frames(credential)
    except (WebAuthnException, UnsupportedAlgorithm, *_BAD_BYTES) as error:
        raise CeremonyRefused(str(error)) from error
    if (proven.credential_device_type is CredentialDeviceType.MULTI_DEVICE) != can_be_synced:
        # WebAuthn 3, 7.2, step 20: a passkey keeps for ever whether it can be synced.
        raise CeremonyRefused("the passkey is not of the kind that was registered")
    return Proof(credential_id=proven.credential_id, sign_count=proven.new_sign_count)


def _refuse_foreign_frames(credential: Mapping[str, Any]) -> None:
    """WebAuthn 3, 7.1 and 7.2: we are in nobody's frame, so no frame may ask in our name."""
    from webauthn.helpers import parse_client_data_json

    said = parse_client_data_json(_bytes(credential["response"]["clientDataJSON"]))
    if said.cross_origin:
        raise CeremonyRefused("asked for from within another site's page")


def _descriptor(known: Known) -> PublicKeyCredentialDescriptor:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return PublicKeyCredentialDescriptor(
        id=known.credential_id,
        transports=[AuthenticatorTransport(each) for each in known.transports] or None,
    )


def to_text(value: bytes) -> str:
    """Bytes as WebAuthn's JSON writes them: base64url without padding."""
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("base64url is a text")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
