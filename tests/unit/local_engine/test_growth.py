"""The newest log lines stay, the rest goes."""

from typing import Any

import pytest

from infra.local.engine.growth import (
    EVENTS_PER_STREAM,
    POINTS_OF_FUNCTIONS,
    POINTS_PER_METRIC,
    STREAMS_PER_GROUP,
    cut_log_group,
    cut_metric,
)


def stream(events: int, at: int) -> dict[str, Any]:
    return {"events": [{"message": str(n)} for n in range(events)], "lastIngestionTime": at}


def test_the_newest_events_of_a_stream_stay() -> None:
    group = {"streams": {"one": stream(EVENTS_PER_STREAM + 5, at=1), "two": stream(3, at=2)}}
    cut_log_group(group)
    assert group["streams"]["one"]["events"][0] == {"message": "5"}
    assert len(group["streams"]["one"]["events"]) == EVENTS_PER_STREAM
    assert len(group["streams"]["two"]["events"]) == 3


def test_the_newest_streams_of_a_group_stay() -> None:
    count = STREAMS_PER_GROUP + 2
    group = {"streams": {str(n): stream(1, at=n) for n in range(count)}}
    group["streams"]["never written"] = {"events": [], "lastIngestionTime": None}
    cut_log_group(group)
    assert set(group["streams"]) == {str(n) for n in range(count - STREAMS_PER_GROUP, count)}


@pytest.mark.parametrize(
    ("namespace", "limit"), [("AWS/IVS", POINTS_PER_METRIC), ("AWS/Lambda", POINTS_OF_FUNCTIONS)]
)
def test_the_newest_points_of_a_metric_stay(namespace: str, limit: int) -> None:
    points = [{"Value": float(n)} for n in range(limit + 3)]
    cut_metric(namespace, points)
    assert [points[0]["Value"], len(points)] == [3.0, limit]
    cut_metric(namespace, points)
    assert len(points) == limit
