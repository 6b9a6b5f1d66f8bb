"""Of a stream is kept what somebody has still to read."""

import pytest

from infra.local.engine.stream_records import positions_by_table, read_by_all

ACCOUNT, REGION = "000000000000", "us-east-1"
STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/videos/stream/2026-11-21T04:01:35.786"


@pytest.mark.parametrize(
    ("positions", "read"),
    [([], 10), ([100], 0), ([104], 4), ([110, 103], 3), ([0], 0), ([200], 10)],
)
def test_records_count_as_read_once_every_reader_has_passed_them(
    positions: list[int], read: int
) -> None:
    assert read_by_all(positions, first=100, held=10) == read


def test_positions_belong_to_the_table_in_the_source() -> None:
    mappings = {
        (ACCOUNT, REGION, "one"): {"EventSourceArn": STREAM},
        (ACCOUNT, REGION, "two"): {"EventSourceArn": STREAM},
        (ACCOUNT, REGION, "queue"): {"EventSourceArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"},
    }
    positions = {(ACCOUNT, REGION, "one"): 7}

    found = positions_by_table(mappings, positions)

    assert found == {(ACCOUNT, REGION, "videos"): [7, 0]}
