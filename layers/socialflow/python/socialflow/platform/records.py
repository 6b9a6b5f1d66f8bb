"""The records bucket: what contexts hand in of a person, and what they say of an erasure.

    exports/<user id>/<export id>/parts/<context>.json   what a context knows of a person
    exports/<user id>/<export id>/archive.zip            all of it, for the person to fetch
    erasures/<anonymous id>/<pass>/<context>.json        that a context has erased a person

Exports go by the bucket's lifecycle after a week. A receipt names nobody: it lies under the
anonymous id. Each key is written by one context alone, and again with the same meaning.

A part is one JSON document, written page by page: a section is an array with an item a line, and
`counts` comes last, so that whoever streams the document finds it at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from socialflow.platform.clock import Clock, to_rfc3339, utc_now
from socialflow.platform.object_writer import ObjectWriter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

JSON_TYPE: Final = "application/json"
DELETE_BATCH: Final = 1000
CHUNK_BYTES: Final = 256 * 1024
TAIL_BYTES: Final = 4096

Section = tuple[str, Iterable[Mapping[str, object]]]


class RecordsNotDeleted(Exception):
    """S3 refused to delete some keys; whoever asked must come again."""


@dataclass(frozen=True, slots=True)
class PartKey:
    """What the key of an export's part says."""

    user_id: str
    export_id: str
    context: str


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """What the key of a receipt says."""

    anonymous_id: str
    pass_number: int
    context: str


def exports_prefix(user_id: str) -> str:
    """All exports of a person."""
    return f"exports/{user_id}/"


def export_prefix(user_id: str, export_id: str) -> str:
    """Everything of one export."""
    return f"{exports_prefix(user_id)}{export_id}/"


def part_key(user_id: str, export_id: str, context: str) -> str:
    return f"{export_prefix(user_id, export_id)}parts/{context}.json"


def archive_key(user_id: str, export_id: str) -> str:
    return f"{export_prefix(user_id, export_id)}archive.zip"


def receipt_key(anonymous_id: str, pass_number: int, context: str) -> str:
    return f"erasures/{anonymous_id}/{pass_number}/{context}.json"


def parse_key(key: str) -> PartKey | ReceiptKey | None:
    """What a key of the bucket tells of; None for what tells nothing, such as an archive."""
    match key.split("/"):
        case ["exports", user_id, export_id, "parts", name] if name.endswith(".json"):
            return PartKey(user_id, export_id, name.removesuffix(".json"))
        case ["erasures", anonymous_id, number, name] if (
            name.endswith(".json") and number.isdecimal()
        ):
            return ReceiptKey(anonymous_id, int(number), name.removesuffix(".json"))
    return None


class Records:
    """The bucket, as contexts write it and identity reads it."""

    def __init__(
        self, client: Callable[[], S3Client], bucket: str, *, clock: Clock = utc_now
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock

    def write_part(
        self, user_id: str, export_id: str, context: str, sections: Iterable[Section]
    ) -> dict[str, int]:
        """Writes what a context knows of a person; returns how much, by section.

        Sections are consumed one after another, so they may read page by page. Again overwrites.
        """
        counts: dict[str, int] = {}
        with self.writer(part_key(user_id, export_id, context), JSON_TYPE) as file:
            head = {"context": context, "made_at": to_rfc3339(self._clock())}
            file.write((_json(head)[:-1] + ',"sections":{').encode())
            for name, items in sections:
                file.write(f"{',' if counts else ''}\n{_json(name)}:[".encode())
                counts[name] = 0
                for item in items:
                    file.write(f"{',' if counts[name] else ''}\n{_json(item)}".encode())
                    counts[name] += 1
                file.write(b"]")
            file.write(f'\n}},"counts":{_json(counts)}}}\n'.encode())
        return counts

    def write_receipt(
        self, anonymous_id: str, pass_number: int, context: str, receipt: Mapping[str, object]
    ) -> None:
        """Says that a context is done with a person."""
        with self.writer(receipt_key(anonymous_id, pass_number, context), JSON_TYPE) as file:
            file.write(_json({"context": context, "pass": pass_number, **receipt}).encode())

    def writer(self, key: str, content_type: str) -> ObjectWriter:
        """A file to write an object of the bucket with."""
        return ObjectWriter(self._client, self._bucket, key, content_type=content_type)

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes of an object, a bounded piece at a time; raises S3's `NoSuchKey`."""
        body = self._client().get_object(Bucket=self._bucket, Key=key)["Body"]
        try:
            while chunk := body.read(CHUNK_BYTES):
                yield chunk
        finally:
            body.close()

    def link(self, key: str, *, seconds: int, file_name: str) -> str:
        """An address that gives out one object for a while, to be saved under a name."""
        return self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{file_name}"',
            },
            ExpiresIn=seconds,
        )

    def delete_below(self, prefix: str, *, limit: int) -> int:
        """Deletes up to `limit` objects below a prefix; returns how many."""
        return delete_below(self._client(), self._bucket, prefix, limit=limit)

    def count_below(self, prefix: str) -> int:
        """How many objects lie below a prefix, up to a page of them."""
        page = self._client().list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        return len(page.get("Contents", []))


def delete_below(client: S3Client, bucket: str, prefix: str, *, limit: int) -> int:
    """Deletes up to `limit` objects (one page of them at most) of a bucket below a prefix.

    Returns how many. Raises `RecordsNotDeleted` where S3 refuses a key.
    """
    page = client.list_objects_v2(Bucket=bucket, Prefix=prefix)
    keys = [each["Key"] for each in page.get("Contents", [])][: min(limit, DELETE_BATCH)]
    if not keys:
        return 0
    answer = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
    )
    if refused := answer.get("Errors"):
        raise RecordsNotDeleted(f"{len(refused)} of {len(keys)} objects below {prefix}")
    return len(keys)


def counts_at_end(tail: bytes) -> dict[str, int]:
    """How much a part holds by section, from its last `TAIL_BYTES`; {} where it does not say."""
    found = tail.rfind(b'"counts":')
    if found < 0:
        return {}
    counts: dict[str, int] = json.loads(b"{" + tail[found:])["counts"]
    return counts


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str | list[Any]:
    """What JSON has no word for: moments, and sets."""
    if isinstance(value, datetime):
        return to_rfc3339(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"a record cannot hold a {type(value).__name__}")
