"""ES256 and compact tokens (RFC 7515, 7518 3.4) straight over `cryptography`.

A library for all of JOSE costs 170 ms of the first signed-in request of every function, for
algorithms that must never be taken. Here there is one algorithm, and what a token says of itself
chooses nothing. `cryptography` is imported where it is used first.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

Jwk = Mapping[str, str]
# Each of r and s, and each coordinate, as a big-endian number of the curve's size.
_NUMBER_BYTES = 32


class NotEncoded(ValueError):
    """The text is not what an encoder of base64url or of JSON objects writes."""


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """The bytes of a text as `base64url` writes it; raises `NotEncoded` for any other.

    Python's decoder skips what is not in the alphabet and ignores bits that are left over, so one
    token would have many spellings.
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotEncoded from error
    if base64url(data) != text:
        raise NotEncoded
    return data


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a part of a token; raises `NotEncoded`."""
    try:
        value = json.loads(from_base64url(text))
    except (ValueError, RecursionError) as error:
        raise NotEncoded from error
    if not isinstance(value, dict):
        raise NotEncoded
    return value


def public_key(jwk: Jwk) -> EllipticCurvePublicKey:
    """The P-256 key of a JWK; raises `ValueError` where it is no point of the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec

    x, y = (int.from_bytes(from_base64url(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def private_key(jwk: Jwk) -> EllipticCurvePrivateKey:
    """The P-256 private key of a JWK."""
    from cryptography.hazmat.primitives.asymmetric import ec

    public = public_key(jwk).public_numbers()
    secret = int.from_bytes(from_base64url(jwk["d"]), "big")
    return ec.EllipticCurvePrivateNumbers(secret, public).private_key()


def new_private_jwk() -> dict[str, str]:
    """A new P-256 pair from the system's randomness, as a JWK."""
    from cryptography.hazmat.primitives.asymmetric import ec

    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = numbers.public_numbers
    coordinates = {"x": public.x, "y": public.y, "d": numbers.private_value}
    return {"kty": "EC", "crv": "P-256"} | {
        name: base64url(number.to_bytes(_NUMBER_BYTES, "big"))
        for name, number in coordinates.items()
    }


def thumbprint(jwk: Jwk) -> str:
    """The key's own name (RFC 7638): SHA-256 over the members that make it, in order."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return base64url(hashlib.sha256(text.encode()).digest())


def signed(
    header: Mapping[str, Any], claims: Mapping[str, Any], key: EllipticCurvePrivateKey
) -> str:
    """The compact token of `header` and `claims`."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    parts = (json.dumps(part, separators=(",", ":")).encode() for part in (header, claims))
    body = ".".join(map(base64url, parts))
    numbers = decode_dss_signature(key.sign(body.encode(), _algorithm()))
    return f"{body}.{base64url(b''.join(each.to_bytes(_NUMBER_BYTES, 'big') for each in numbers))}"


def is_signed(body: str, signature: str, key: EllipticCurvePublicKey) -> bool:
    """Whether `signature` (base64url) is the key's over `body`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    try:
        raw = from_base64url(signature)
    except NotEncoded:
        return False
    if len(raw) != 2 * _NUMBER_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), body.encode(), _algorithm())
    except InvalidSignature:
        return False
    return True


def _algorithm() -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.ECDSA(hashes.SHA256())
