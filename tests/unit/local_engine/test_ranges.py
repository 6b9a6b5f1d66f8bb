"""Byte ranges as S3 takes them (RFC 9110, section 14.1.2)."""

import pytest

from infra.local.engine.origin_reads import ByteRange, parse_range


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-0", ByteRange(start=0, end=0)),
        ("bytes=0-99", ByteRange(start=0, end=9)),
        ("bytes=3-", ByteRange(start=3, end=9)),
        ("bytes=-4", ByteRange(start=6, end=9)),
        ("bytes=-40", ByteRange(start=0, end=9)),
        ("bytes=10-", "unsatisfiable"),
        ("bytes=-0", "unsatisfiable"),
        ("bytes=5-4", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("items=0-1", None),
    ],
)
def test_one_range_of_ten_bytes(value: str, expected: object) -> None:
    assert parse_range(value, 10) == expected


def test_nothing_of_an_empty_object_can_be_asked_for() -> None:
    assert parse_range("bytes=0-", 0) == "unsatisfiable"
