"""S3 as this context uses it: the multipart upload of a source, and the objects of a video.

S3's refusals become this context's errors; what a repeat finds already done counts as done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from socialflow.videos.errors import PartMismatch, PartsMissing, StorageUnavailable, UploadLost

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mypy_boto3_s3 import S3Client

COPY_THREADS: Final = 64
DELETE_BATCH: Final = 1000
MAX_LISTED_PARTS: Final = 1000


class CopyIncomplete(Exception):
    """Objects were deleted while they were being copied; the event must come again."""


class DeleteIncomplete(Exception):
    """S3 refused to delete some keys; the event must come again."""


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """A part that S3 has."""

    part_number: int
    size_bytes: int
    etag: str


class SourceStorage:
    """The upload bucket: one multipart upload and one object for each video."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def open_upload(self, key: str, content_type: str) -> str:
        """Starts a multipart upload, or finds the one that a request cut off has started."""
        existing = self._client().list_multipart_uploads(Bucket=self.bucket, Prefix=key)
        for upload in existing.get("Uploads", []):
            if upload.get("Key") == key:
                return upload["UploadId"]
        created = self._client().create_multipart_upload(
            Bucket=self.bucket, Key=key, ContentType=content_type
        )
        return created["UploadId"]

    def part_url(
        self, key: str, upload_id: str, part_number: int, size_bytes: int, *, ttl_seconds: int
    ) -> str:
        """A URL that takes exactly this part: the signature covers its length."""
        return self._client().generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "UploadId": upload_id,
                "PartNumber": part_number,
                "ContentLength": size_bytes,
            },
            ExpiresIn=ttl_seconds,
        )

    def received_parts(self, key: str, upload_id: str) -> list[ReceivedPart]:
        """All parts that have arrived, in order; raises `UploadLost`."""
        from botocore.exceptions import ClientError

        parts: list[ReceivedPart] = []
        marker = 0
        while True:
            try:
                page = self._client().list_parts(
                    Bucket=self.bucket,
                    Key=key,
                    UploadId=upload_id,
                    PartNumberMarker=marker,
                    MaxParts=MAX_LISTED_PARTS,
                )
            except ClientError as error:
                if _code(error) == "NoSuchUpload":
                    raise UploadLost("The upload is no longer there; start again.") from error
                raise _unavailable() from error
            parts += [
                ReceivedPart(part["PartNumber"], part["Size"], part["ETag"])
                for part in page.get("Parts", [])
            ]
            if not page.get("IsTruncated") or not page.get("Parts"):
                return parts
            marker = parts[-1].part_number

    def complete(self, key: str, upload_id: str, etags: Sequence[str]) -> None:
        """Makes the object of its parts. Done already is done.

        Raises `PartsMissing`, `PartMismatch` or `UploadLost`.
        """
        from botocore.exceptions import ClientError

        try:
            self._client().complete_multipart_upload(
                Bucket=self.bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": number, "ETag": etag}
                        for number, etag in enumerate(etags, start=1)
                    ]
                },
            )
        except ClientError as error:
            match _code(error):
                case "NoSuchUpload":
                    if self.size_of(key) is None:
                        raise UploadLost("The upload is no longer there; start again.") from error
                case "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall":
                    raise self._wrong_parts(key, upload_id, etags) from error
                case _:
                    raise _unavailable() from error

    def abort(self, key: str, upload_id: str | None = None) -> None:
        """Drops the upload and what has arrived; without an id, every open one of the key."""
        from botocore.exceptions import ClientError

        ids = [upload_id] if upload_id else self._open_ids(key)
        for each in ids:
            try:
                self._client().abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=each)
            except ClientError as error:
                if _code(error) != "NoSuchUpload":
                    raise

    def size_of(self, key: str) -> int | None:
        """The object's size in bytes; None where there is none."""
        from botocore.exceptions import ClientError

        try:
            return self._client().head_object(Bucket=self.bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if _code(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise

    def delete(self, key: str) -> None:
        """Deletes the object; none there is fine."""
        self._client().delete_object(Bucket=self.bucket, Key=key)

    def _open_ids(self, key: str) -> list[str]:
        found = self._client().list_multipart_uploads(Bucket=self.bucket, Prefix=key)
        return [each["UploadId"] for each in found.get("Uploads", []) if each["Key"] == key]

    def _wrong_parts(self, key: str, upload_id: str, etags: Sequence[str]) -> Exception:
        there = {part.part_number: part.etag for part in self.received_parts(key, upload_id)}
        missing = [number for number in range(1, len(etags) + 1) if number not in there]
        if missing:
            return PartsMissing(
                "Some parts have not arrived; send them and complete again.",
                missing_parts=missing[:MAX_LISTED_PARTS],
            )
        wrong = [
            number
            for number, etag in enumerate(etags, start=1)
            if there[number].strip('"') != etag.strip('"')
        ]
        return PartMismatch(
            "Some parts are not the ones you name; send them again and complete with their ETags.",
            mismatched_parts=wrong[:MAX_LISTED_PARTS],
        )


class MediaStorage:
    """The media bucket: what is played."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def keys_below(self, prefix: str) -> Iterator[str]:
        """Every key below a prefix, page by page."""
        return keys_below(self._client(), self.bucket, prefix)

    def put_text(self, key: str, text: str, content_type: str) -> None:
        """Writes a small text object."""
        self._client().put_object(
            Bucket=self.bucket, Key=key, Body=text.encode(), ContentType=content_type
        )

    def copy_prefix(self, before: str, after: str) -> None:
        """Copies everything below one prefix to another; what is there already is not copied."""
        from concurrent.futures import ThreadPoolExecutor

        copies = {
            after + key.removeprefix(before): (self.bucket, key) for key in self.keys_below(before)
        }
        with ThreadPoolExecutor(COPY_THREADS) as pool:
            if missing := self.copy(copies, pool, done=set(self.keys_below(after))):
                raise CopyIncomplete(f"{len(missing)} objects went while they were copied")

    def copy(
        self, copies: Mapping[str, tuple[str, str]], pool: Executor, *, done: Set[str]
    ) -> set[str]:
        """Copies to each key from a bucket and key, but for those already `done`.

        S3 does it by itself: no byte comes here. Returns the keys whose source is not there.
        """
        wanted = [key for key in copies if key not in done]
        copied = pool.map(lambda key: self._copy(key, *copies[key]), wanted)
        return {key for key, was_there in zip(wanted, copied, strict=True) if not was_there}

    def _copy(self, key: str, source_bucket: str, source_key: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._client().copy_object(
                Bucket=self.bucket,
                Key=key,
                CopySource={"Bucket": source_bucket, "Key": source_key},
            )
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return False
            raise
        return True

    def delete_below(self, prefix: str, *, keep: Callable[[str], bool] | None = None) -> int:
        """Deletes everything below a prefix but what `keep` wants; returns how many.

        Raises `DeleteIncomplete` where S3 refuses a key.
        """
        deleted = 0
        batch: list[str] = []
        for key in self.keys_below(prefix):
            if keep and keep(key):
                continue
            batch.append(key)
            if len(batch) == DELETE_BATCH:
                deleted += self._delete(batch)
                batch = []
        return deleted + self._delete(batch)

    def _delete(self, batch: Sequence[str]) -> int:
        if not batch:
            return 0
        answer = self._client().delete_objects(
            Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
        )
        if refused := answer.get("Errors"):
            raise DeleteIncomplete(f"{len(refused)} of {len(batch)} objects could not be deleted")
        return len(batch)


def keys_below(client: S3Client, bucket: str, prefix: str) -> Iterator[str]:
    """Every key of a bucket below a prefix, page by page."""
    token: dict[str, Any] = {}
    while True:
        page = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **token)
        for found in page.get("Contents", []):
            yield found["Key"]
        if not page.get("IsTruncated"):
            return
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def _unavailable() -> StorageUnavailable:
    return StorageUnavailable("The store of uploads did not answer; try again.")
