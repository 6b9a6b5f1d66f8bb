"""The JWK set of our public keys."""

from typing import Literal

from pydantic import BaseModel


class PublicKey(BaseModel):
    """An EC public key (RFC 7517, RFC 7518, 6.2)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class PublicKeySet(BaseModel):
    """A JWK set (RFC 7517, 5)."""

    keys: list[PublicKey]
