"""IVS refuses, does not answer, or does not know: each is told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from socialflow.live.errors import LiveUnavailable
from socialflow.live.ivs import Ivs

STARTED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def ivs_that_raises(error: Exception) -> Ivs:
    def fail(**_: Any) -> None:
        raise error

    client: Any = SimpleNamespace(get_stream_session=fail, get_stream_key=fail)
    return Ivs(lambda: client)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetStreamSession")


def test_a_stream_that_ivs_does_not_know_is_none() -> None:
    ivs = ivs_that_raises(refusal("ResourceNotFoundException"))
    assert ivs.session("arn", "st-1") is None


@pytest.mark.parametrize(
    "error",
    [refusal("ThrottlingException"), EndpointConnectionError(endpoint_url="https://ivs")],
    ids=["throttled", "down"],
)
class TestUnavailable:
    def test_a_stream_that_cannot_be_asked_for_may_be_tried_again(self, error: Exception) -> None:
        with pytest.raises(LiveUnavailable):
            ivs_that_raises(error).session("arn", "st-1")

    def test_a_key_that_cannot_be_read_may_be_tried_again(self, error: Exception) -> None:
        with pytest.raises(LiveUnavailable):
            ivs_that_raises(error).stream_key("arn")


def ivs_that_lists(*streams: dict[str, Any]) -> Ivs:
    client: Any = SimpleNamespace(list_streams=lambda **_: {"streams": list(streams)})
    return Ivs(lambda: client)


@pytest.mark.parametrize(("told", "counted"), [(7, 7), (0, 0), (-1, None)])
def test_viewers_that_ivs_could_not_count_are_not_minus_one(told: int, counted: int | None) -> None:
    on = {"channelArn": "arn", "streamId": "st-1", "startTime": STARTED, "viewerCount": told}
    (stream,) = ivs_that_lists(on).live_streams()
    assert stream.viewers == counted
