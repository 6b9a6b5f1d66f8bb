"""Writes an S3 object while it is being made, with no more of it in memory than one part.

A small object is one `PutObject`; a larger one becomes a multipart upload as soon as the first
part is full. Nothing is to be seen under the key before `close`, and what fails is aborted; an
upload that a dead process left open is aborted by the bucket's lifecycle.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART_BYTES: Final = 8 * 1024**2


class ObjectWriter:
    """A file to write to, once through; `with` closes it, or aborts it where something raised."""

    def __init__(
        self,
        client: Callable[[], S3Client],
        bucket: str,
        key: str,
        *,
        content_type: str,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._client = client
        self._where: Any = {"Bucket": bucket, "Key": key}
        self._content_type = content_type
        self._part_bytes = part_bytes
        self._pending = bytearray()
        self._upload_id: str | None = None
        self._parts: list[Any] = []
        self.size_bytes = 0

    def write(self, data: bytes) -> int:
        """Takes all of `data`."""
        self._pending += data
        self.size_bytes += len(data)
        while len(self._pending) >= self._part_bytes:
            self._send(bytes(self._pending[: self._part_bytes]))
            del self._pending[: self._part_bytes]
        return len(data)

    def flush(self) -> None:
        """Nothing: parts have one size."""

    def close(self) -> None:
        """Makes the object."""
        if self._upload_id is None:
            self._client().put_object(
                **self._where, Body=bytes(self._pending), ContentType=self._content_type
            )
            return
        if self._pending:
            self._send(bytes(self._pending))
        self._client().complete_multipart_upload(
            **self._where, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Drops what was written."""
        if self._upload_id is not None:
            self._client().abort_multipart_upload(**self._where, UploadId=self._upload_id)

    def __enter__(self) -> ObjectWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        elif issubclass(kind, Exception):
            self.abort()

    def _send(self, part: bytes) -> None:
        if self._upload_id is None:
            opened = self._client().create_multipart_upload(
                **self._where, ContentType=self._content_type
            )
            self._upload_id = opened["UploadId"]
        number = len(self._parts) + 1
        sent = self._client().upload_part(
            **self._where, UploadId=self._upload_id, PartNumber=number, Body=part
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
