"""Makes the key pair that signs playback, once, when a deployment asks for it.

The private half never leaves Secrets Manager and this function's memory; CloudFormation gets the
public half for CloudFront. A pair that the secret holds already is kept, so that updating the
stack, or asking twice, never invalidates what has been signed. Deleting the resource leaves the
secret alone: it has its own removal policy.

CloudFront takes RSA 2048 ("Create key pairs for your signers", CloudFront Developer Guide), IVS
elliptic keys on P-384, with which ES384 signs ("Create or Import a Playback Key", IVS Low-Latency
User Guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from socialflow.platform import cloudformation
from socialflow.platform.aws import client

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

RSA_BITS = 2048
PUBLIC_EXPONENT = 65537


class Algorithm(StrEnum):
    """What the pair is for decides what it is."""

    RSA_2048 = "RSA_2048"
    EC_P384 = "EC_P384"


class SecretHoldsSomethingElse(Exception):
    """The secret's value is no private key of the algorithm; it is not ours to replace."""


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Handles a CloudFormation request; answers `PublicKeyPem`.

    Properties: `SecretArn`, and `Algorithm` (one of `Algorithm`; RSA_2048 where there is none).
    """
    cloudformation.answer(event, _key_pair)


def _key_pair(request_type: str, properties: Mapping[str, Any]) -> cloudformation.Resource:
    secret = properties["SecretArn"]
    # The id is the secret's: an update that names another secret is another pair.
    if request_type == "Delete":
        return cloudformation.Resource(physical_id=secret)
    algorithm = Algorithm(properties.get("Algorithm", Algorithm.RSA_2048))
    key = _kept(secret, algorithm) or _made(secret, algorithm)
    return cloudformation.Resource(physical_id=secret, data={"PublicKeyPem": _public_pem(key)})


def _kept(secret: str, algorithm: Algorithm) -> PrivateKey | None:
    """The key that the secret holds; None where it has no value yet."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    secrets = client("secretsmanager")
    try:
        value = secrets.get_secret_value(SecretId=secret)
    except secrets.exceptions.ResourceNotFoundException:
        # The secret is there without a version (or not there, which the write will say).
        return None
    kept = value.get("SecretString", "").encode() or value.get("SecretBinary", b"")
    if not kept:
        return None
    try:
        key = load_pem_private_key(kept, password=None)
    except ValueError as error:
        raise SecretHoldsSomethingElse(f"{secret} holds no private key") from error
    return _of_algorithm(key, algorithm, secret)


def _of_algorithm(key: object, algorithm: Algorithm, secret: str) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if algorithm is Algorithm.RSA_2048 and isinstance(key, RSAPrivateKey):
        return key
    if (
        algorithm is Algorithm.EC_P384
        and isinstance(key, EllipticCurvePrivateKey)
        and isinstance(key.curve, SECP384R1)
    ):
        return key
    raise SecretHoldsSomethingElse(f"{secret} holds a key that is not {algorithm}")


def _made(secret: str, algorithm: Algorithm) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key: PrivateKey = (
        rsa.generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
        if algorithm is Algorithm.RSA_2048
        else ec.generate_private_key(ec.SECP384R1())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    client("secretsmanager").put_secret_value(SecretId=secret, SecretString=pem.decode())
    return key


def _public_pem(key: PrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode()
