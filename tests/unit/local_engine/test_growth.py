"""The newest log lines stay, the rest goes."""

from typing import Any

from infra.local.engine.growth import EVENTS_PER_STREAM, STREAMS_PER_GROUP, cut_log_group


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
