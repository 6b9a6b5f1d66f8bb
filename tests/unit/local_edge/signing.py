"""Signs as applications do, with botocore's own signer: the check is not tested by itself."""

import datetime as dt
from dataclasses import dataclass

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from infra.local.edge.signatures import ViewerRequest

KEY_ID = "K2JCJMDEHXQW5F"
ORIGIN = "http://localhost:8080"
NOW = 1_790_000_000.0


@dataclass(frozen=True)
class Signer:
    """A private key with the id under which CloudFront knows its public half."""

    private_key: rsa.RSAPrivateKey
    key_id: str = KEY_ID
    sha256: bool = False

    @classmethod
    def new(cls, *, sha256: bool = False) -> "Signer":
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048), sha256=sha256)

    @property
    def public_pem(self) -> str:
        return (
            self.private_key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def sign(self, message: bytes) -> bytes:
        algorithm = hashes.SHA256() if self.sha256 else hashes.SHA1()  # noqa: S303
        return self.private_key.sign(message, padding.PKCS1v15(), algorithm)

    @property
    def botocore(self) -> CloudFrontSigner:
        return CloudFrontSigner(self.key_id, self.sign)

    def signed_url(self, url: str, seconds: float = 60) -> str:
        """With a canned policy."""
        return str(self.botocore.generate_presigned_url(url, date_less_than=at(seconds)))

    def signed_url_by_policy(self, url: str, policy: str) -> str:
        return str(self.botocore.generate_presigned_url(url, policy=policy))

    def cookies(self, policy: str) -> dict[str, str]:
        """The three cookies of a custom policy, taken from the URL that botocore signs."""
        query = self.signed_url_by_policy(f"{ORIGIN}/", policy).partition("?")[2]
        return {f"CloudFront-{k}": v for k, v in (part.split("=", 1) for part in query.split("&"))}


def at(seconds: float) -> dt.datetime:
    """The moment `seconds` after NOW."""
    return dt.datetime.fromtimestamp(NOW + seconds, dt.UTC)


def policy(
    resource: str, *, until: float = 60, since: float | None = None, ip: str | None = None
) -> str:
    """A custom policy, built by botocore."""
    built = CloudFrontSigner(KEY_ID, lambda message: b"").build_policy(
        resource,
        at(until),
        date_greater_than=None if since is None else at(since),
        ip_address=ip,
    )
    return str(built)


def request(
    url: str, *, cookies: dict[str, str] | None = None, address: str = "127.0.0.1", later: float = 0
) -> ViewerRequest:
    """A viewer's request for the URL, `later` seconds after NOW."""
    base, _, query = url.partition("?")
    return ViewerRequest(
        base_url=base,
        query=query,
        cookies=cookies or {},
        address=address,
        epoch_seconds=NOW + later,
    )
