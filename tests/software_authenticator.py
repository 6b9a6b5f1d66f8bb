"""A browser and an authenticator in one: answers WebAuthn options as real ones do.

    browser = SoftwareAuthenticator("https://socialflow.example")
    created = browser.create(public_key)     RegistrationResponseJSON, attestation "none", ES256
    signed = browser.get(public_key)         AuthenticationResponseJSON

Written from the specification and without the library that verifies, so that both have to be
right. Keys and credential ids follow from a seed and a counter: the same in every run.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
_AAGUID: Final = bytes(range(16))
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(kw_only=True)
class HeldPasskey:
    """A private key, and for whom it is."""

    credential_id: bytes
    private_key: ec.EllipticCurvePrivateKey
    user_handle: bytes
    sign_count: int


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """What an answer has otherwise than it should; None where nothing is odd about it."""

    origin: str | None = None
    rp_id: str | None = None
    challenge: bytes | None = None
    type: str | None = None
    cross_origin: bool = False
    flags_off: int = 0
    flags_on: int = 0
    user_handle: bytes | None = None


HONEST: Final = Oddity()


class SoftwareAuthenticator:
    """Holds passkeys for one origin. `counts` is how an unsynced one behaves: its count rises."""

    def __init__(self, origin: str, *, seed: str = "", counts: bool = True) -> None:
        self._origin = origin
        self._seed = seed
        self._counts = counts
        self.passkeys: list[HeldPasskey] = []

    def create(self, options: Mapping[str, Any], odd: Oddity = HONEST) -> dict[str, Any]:
        """`navigator.credentials.create({publicKey: options}).toJSON()`."""
        excluded = {each["id"] for each in options.get("excludeCredentials", [])}
        assert not any(to_text(each.credential_id) in excluded for each in self.passkeys), (
            "InvalidStateError: the authenticator holds one of excludeCredentials"
        )
        assert {"type": "public-key", "alg": -7} in options["pubKeyCredParams"]
        passkey = self._new_passkey(to_bytes(options["user"]["id"]))
        self.passkeys.append(passkey)
        data = self._authenticator_data(options["rp"]["id"], passkey, AT, odd)
        data += _AAGUID + len(passkey.credential_id).to_bytes(2, "big") + passkey.credential_id
        data += cose_key(passkey.private_key)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"], odd)
        return _credential(
            passkey,
            clientDataJSON=to_text(client_data),
            attestationObject=to_text(attestation),
            transports=["internal", "hybrid"],
        )

    def get(self, options: Mapping[str, Any], odd: Oddity = HONEST) -> dict[str, Any]:
        """`navigator.credentials.get({publicKey: options}).toJSON()`, by the newest passkey."""
        allowed = {each["id"] for each in options.get("allowCredentials", [])}
        fitting = [
            each for each in self.passkeys if not allowed or to_text(each.credential_id) in allowed
        ]
        assert fitting, "NotAllowedError: no passkey here"
        passkey = fitting[-1]
        if self._counts:
            passkey.sign_count += 1
        data = self._authenticator_data(options["rpId"], passkey, 0, odd)
        client_data = self._client_data("webauthn.get", options["challenge"], odd)
        signed = data + hashlib.sha256(client_data).digest()
        return _credential(
            passkey,
            clientDataJSON=to_text(client_data),
            authenticatorData=to_text(data),
            signature=to_text(passkey.private_key.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=to_text(passkey.user_handle if odd.user_handle is None else odd.user_handle),
        )

    def _new_passkey(self, user_handle: bytes) -> HeldPasskey:
        seed = f"{self._seed}\n{len(self.passkeys)}".encode()
        number = int.from_bytes(hashlib.sha512(b"key\n" + seed).digest()) % (_P256_ORDER - 1) + 1
        return HeldPasskey(
            credential_id=hashlib.sha256(b"id\n" + seed).digest(),
            private_key=ec.derive_private_key(number, ec.SECP256R1()),
            user_handle=user_handle,
            sign_count=0,
        )

    def _authenticator_data(
        self, rp_id: str, passkey: HeldPasskey, flags: int, odd: Oddity
    ) -> bytes:
        host = urlsplit(self._origin).hostname or ""
        assert host == rp_id or host.endswith(f".{rp_id}"), "SecurityError: not our RP id"
        flags |= UP | UV | (0 if self._counts else BE | BS)
        flags = flags & ~odd.flags_off | odd.flags_on
        count = passkey.sign_count.to_bytes(4, "big")
        return hashlib.sha256((odd.rp_id or rp_id).encode()).digest() + bytes([flags]) + count

    def _client_data(self, kind: str, challenge: str, odd: Oddity) -> bytes:
        said = {
            "type": odd.type or kind,
            "challenge": challenge if odd.challenge is None else to_text(odd.challenge),
            "origin": odd.origin or self._origin,
            "crossOrigin": odd.cross_origin,
        }
        return json.dumps(said, separators=(",", ":")).encode()


def cose_key(private_key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as COSE writes ES256 keys (RFC 9053, 7.1.1)."""
    point = private_key.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def to_text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def to_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _credential(passkey: HeldPasskey, **response: Any) -> dict[str, Any]:
    return {
        "id": to_text(passkey.credential_id),
        "rawId": to_text(passkey.credential_id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }
