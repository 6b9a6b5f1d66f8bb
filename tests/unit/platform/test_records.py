"""The records bucket: documents written page by page, links, and what keys tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialflow.platform.aws import client
from socialflow.platform.object_writer import ObjectWriter
from socialflow.platform.records import (
    TAIL_BYTES,
    PartKey,
    ReceiptKey,
    Records,
    Section,
    archive_key,
    counts_at_end,
    parse_key,
    part_key,
    receipt_key,
)
from tests.unit.buckets import keys_in, make_buckets
from tests.unit.doubles import CountedCalls, MovableClock

BUCKET = "records"
EXPORT = "exp_1"
MEBIBYTE = 1024**2


@pytest.fixture
def records(aws: None, clock: MovableClock) -> Records:
    make_buckets(BUCKET)
    return Records(lambda: client("s3"), BUCKET, clock=clock)


def content(key: str) -> bytes:
    return client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()


class TestParts:
    def test_holds_each_section_and_says_at_the_end_how_much(self, records: Records) -> None:
        moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
        videos: list[dict[str, object]] = [{"id": "a", "at": moment}, {"id": "ü"}]
        sections: list[Section] = [("videos", iter(videos)), ("none", iter([]))]
        counts = records.write_part("usr_1", EXPORT, "videos", sections)
        raw = content(part_key("usr_1", EXPORT, "videos"))
        assert json.loads(raw) == {
            "context": "videos",
            "made_at": "2026-11-21T09:30:00.000Z",
            "sections": {
                "videos": [{"id": "a", "at": "2026-11-21T09:30:00.000Z"}, {"id": "ü"}],
                "none": [],
            },
            "counts": {"videos": 2, "none": 0},
        }
        assert counts_at_end(raw[-TAIL_BYTES:]) == counts == {"videos": 2, "none": 0}

    def test_the_last_counts_are_ours_whatever_somebody_wrote(self, records: Records) -> None:
        said = [{"text": 'I say "counts":{"messages":9}'}]
        records.write_part("usr_1", EXPORT, "chat", [("messages", said)])
        raw = content(part_key("usr_1", EXPORT, "chat"))
        assert counts_at_end(raw[-TAIL_BYTES:]) == {"messages": 1}

    def test_a_text_without_counts_has_none(self) -> None:
        assert counts_at_end(b"{}") == {}

    def test_what_cannot_be_told_leaves_nothing_behind(self, records: Records) -> None:
        with pytest.raises(TypeError, match="a record cannot hold a object"):
            records.write_part("usr_1", EXPORT, "chat", [("odd", [{"what": object()}])])
        assert keys_in(BUCKET) == []

    def test_reads_its_sections_a_page_at_a_time(self, records: Records) -> None:
        """The second section is not asked for before the first is written."""
        order: list[str] = []

        def told(name: str) -> Iterator[dict[str, str]]:
            order.append(name)
            yield {"name": name}

        def sections() -> Iterator[tuple[str, Iterator[dict[str, str]]]]:
            yield "one", told("one")
            assert order == ["one"]
            yield "two", told("two")

        records.write_part("usr_1", EXPORT, "chat", sections())
        assert order == ["one", "two"]


class TestWriter:
    def test_a_large_object_goes_in_parts(self, records: Records) -> None:
        counted: Any = CountedCalls(client("s3"))
        with ObjectWriter(
            lambda: counted, BUCKET, "large", content_type="text/plain", part_bytes=5 * MEBIBYTE
        ) as file:
            for _ in range(11):
                assert file.write(b"x" * MEBIBYTE) == MEBIBYTE
        assert counted.names.count("upload_part") == 3
        assert "put_object" not in counted.names
        assert content("large") == b"x" * 11 * MEBIBYTE
        assert file.size_bytes == 11 * MEBIBYTE

    def test_a_small_one_is_one_call(self, records: Records) -> None:
        counted: Any = CountedCalls(client("s3"))
        with ObjectWriter(lambda: counted, BUCKET, "small", content_type="text/plain") as file:
            file.write(b"x")
            file.flush()
        assert counted.names == ["put_object"]

    def test_a_large_one_that_fails_leaves_no_upload_open(self, records: Records) -> None:
        def breaks() -> None:
            where = {"content_type": "a/b", "part_bytes": 5 * MEBIBYTE}
            with ObjectWriter(lambda: client("s3"), BUCKET, "l", **where) as file:  # type: ignore[arg-type]
                file.write(b"x" * 6 * MEBIBYTE)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            breaks()
        assert "Uploads" not in client("s3").list_multipart_uploads(Bucket=BUCKET)
        assert keys_in(BUCKET) == []


class TestKeys:
    def test_tell_what_they_are_of(self) -> None:
        assert parse_key(part_key("usr_1", EXPORT, "chat")) == PartKey("usr_1", EXPORT, "chat")
        assert parse_key(receipt_key("gone_1", 2, "live")) == ReceiptKey("gone_1", 2, "live")

    @pytest.mark.parametrize(
        "key",
        [
            archive_key("usr_1", EXPORT),
            "erasures/gone_1/two/live.json",
            "erasures/gone_1/2/live.txt",
            "exports/usr_1/exp_1/parts/chat.txt",
            "else",
        ],
    )
    def test_tell_nothing_of_anything_else(self, key: str) -> None:
        assert parse_key(key) is None


class TestObjects:
    def test_a_link_names_the_file_and_ends(self, records: Records) -> None:
        link = urlsplit(records.link("exports/a", seconds=900, file_name="yours.zip"))
        asked = parse_qs(link.query)
        assert asked["X-Amz-Expires"] == ["900"]
        assert asked["response-content-disposition"] == ['attachment; filename="yours.zip"']

    def test_are_read_in_pieces(self, records: Records) -> None:
        client("s3").put_object(Bucket=BUCKET, Key="big", Body=b"x" * MEBIBYTE)
        pieces = list(records.chunks("big"))
        assert len(pieces) > 1
        assert b"".join(pieces) == b"x" * MEBIBYTE

    def test_are_deleted_below_a_prefix_some_at_a_time(self, records: Records) -> None:
        for name in ("exports/a/1", "exports/a/2", "exports/a/3", "exports/ab/1"):
            client("s3").put_object(Bucket=BUCKET, Key=name, Body=b"")
        assert records.count_below("exports/a/") == 3
        assert records.delete_below("exports/a/", limit=2) == 2
        assert records.delete_below("exports/a/", limit=2) == 1
        assert records.delete_below("exports/a/", limit=2) == 0
        assert keys_in(BUCKET) == ["exports/ab/1"]
