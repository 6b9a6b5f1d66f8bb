"""Small files that clients send straight to S3: one presigned PUT, and one bounded read.

The signature covers the length and the type that were announced, so that S3 itself refuses another
file. What lies at the address may still be overwritten until the URL expires: whoever uses an
upload reads it once, checks those very bytes and publishes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialflow.platform.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL_SECONDS: Final = 600


class UploadsUnavailable(Unavailable):
    """S3 did not answer."""

    code = "uploads_unavailable"


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """Where to PUT a file, and the headers to send with it."""

    url: str
    headers: dict[str, str]


def signed_upload(
    s3: S3Client, *, bucket: str, key: str, content_type: str, size_bytes: int
) -> SignedUpload:
    """A URL that takes exactly a file of this type and size, for ten minutes. No call."""
    url = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ContentType": content_type,
            "ContentLength": size_bytes,
        },
        ExpiresIn=URL_SECONDS,
    )
    return SignedUpload(url, {"Content-Type": content_type})


def bounded_read(s3: S3Client, *, bucket: str, key: str, max_bytes: int) -> bytes | None:
    """An object's bytes; None where it is gone or larger. Raises `UploadsUnavailable`."""
    from botocore.exceptions import ClientError

    try:
        found = s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return None
        raise UploadsUnavailable("S3 does not answer just now.") from error
    if found["ContentLength"] > max_bytes:
        return None
    return found["Body"].read()
