"""Makes the key pair that signs playback, once, when a deployment asks for it.

The private half never leaves Secrets Manager and this function's memory; CloudFormation gets the
public half for CloudFront. A pair that the secret holds already is kept, so that updating the
stack, or asking twice, never invalidates what has been signed. Deleting the resource leaves the
secret alone: it has its own removal policy.

CloudFront takes RSA 2048 ("Create key pairs for your signers", CloudFront Developer Guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialflow.platform import cloudformation
from socialflow.platform.aws import client

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

RSA_BITS = 2048
PUBLIC_EXPONENT = 65537


class SecretHoldsSomethingElse(Exception):
    """The secret has a value that is no RSA private key; it is not ours to replace."""


def handler(event: Mapping[str, Any], _context: object) -> None:
    """Handles a CloudFormation request with the property `SecretArn`; answers `PublicKeyPem`."""
    cloudformation.answer(event, _key_pair)


def _key_pair(request_type: str, properties: Mapping[str, Any]) -> cloudformation.Resource:
    secret = properties["SecretArn"]
    # The id is the secret's: an update that names another secret is another pair.
    if request_type == "Delete":
        return cloudformation.Resource(physical_id=secret)
    key = _kept(secret) or _made(secret)
    return cloudformation.Resource(physical_id=secret, data={"PublicKeyPem": _public_pem(key)})


def _kept(secret: str) -> RSAPrivateKey | None:
    """The key that the secret holds; None where it has no value yet."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
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
    if not isinstance(key, RSAPrivateKey):
        raise SecretHoldsSomethingElse(f"{secret} holds a key that is not RSA")
    return key


def _made(secret: str) -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    client("secretsmanager").put_secret_value(SecretId=secret, SecretString=pem.decode())
    return key


def _public_pem(key: RSAPrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode()
