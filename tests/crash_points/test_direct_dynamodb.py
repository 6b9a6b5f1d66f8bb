"""The harness's short road to moto's DynamoDB answers what the client's own road does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from socialflow.platform.dynamodb import Item, Table, Write
from tests.crash_points import direct_dynamodb
from tests.crash_points.calls import CallRecorder
from tests.crash_points.cloud import Cloud, account


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with account() as cloud:
        yield cloud


def both(cloud: Cloud, work: Callable[[Any], Any]) -> tuple[Any, Any]:
    """What `work` comes to with the client, and with the short road, from the same start."""
    outcomes = []
    for fakes in ({}, {"dynamodb": direct_dynamodb.call}):
        cloud.empty()
        cloud.put_item("videos", {"pk": "A", "sk": "1", "number": 1, "gsi1pk": "G", "gsi1sk": "1"})
        recorder = CallRecorder()
        recorder.fakes.update(fakes)
        with recorder.installed():
            outcomes.append((_outcome(work, cloud.dynamodb), _sorted(cloud.items("videos"))))
    return outcomes[0], outcomes[1]


def _outcome(work: Callable[[Any], Any], client: Any) -> Any:
    try:
        answer = work(client)
    except ClientError as error:
        told = {name: error.response.get(name) for name in ("Error", "Item", "CancellationReasons")}
        return {name: value for name, value in told.items() if value}
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _sorted(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


KEY = {"pk": {"S": "A"}, "sk": {"S": "1"}}
REFUSED = {"ConditionExpression": "attribute_not_exists(pk)"}
WHOLE = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
ADD: dict[str, Any] = {
    "Key": KEY,
    "TableName": "videos",
    "UpdateExpression": "SET #name = :name ADD #number :one",
    "ExpressionAttributeNames": {"#name": "name", "#number": "number"},
    "ExpressionAttributeValues": {":name": {"S": "x"}, ":one": {"N": "1"}},
}


@pytest.mark.parametrize(
    "work",
    [
        lambda client: client.get_item(TableName="videos", Key=KEY),
        lambda client: client.get_item(TableName="videos", Key=KEY | {"sk": {"S": "none"}}),
        lambda client: client.put_item(TableName="videos", Item=KEY, **REFUSED, **WHOLE),
        lambda client: client.put_item(TableName="videos", Item=KEY, **REFUSED),
        lambda client: client.update_item(**ADD, ReturnValues="ALL_NEW"),
        lambda client: client.update_item(**ADD, **REFUSED, **WHOLE),
        lambda client: client.delete_item(TableName="videos", Key=KEY),
        lambda client: client.batch_get_item(RequestItems={"videos": {"Keys": [KEY]}}),
        lambda client: client.query(
            TableName="videos",
            IndexName="gsi1",
            KeyConditionExpression="gsi1pk = :partition",
            ExpressionAttributeValues={":partition": {"S": "G"}},
            Limit=1,
        ),
        lambda client: client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "videos", "Item": KEY | {"sk": {"S": "2"}}}},
                {"Put": {"TableName": "videos", "Item": KEY, **REFUSED}},
            ]
        ),
        lambda client: client.transact_write_items(TransactItems=[{"Update": ADD}]),
    ],
)
def test_both_roads_end_alike(cloud: Cloud, work: Callable[[Any], Any]) -> None:
    long_road, short_road = both(cloud, work)
    assert short_road == long_road


def test_a_request_outside_the_service_model_is_refused(cloud: Cloud) -> None:
    recorder = CallRecorder()
    recorder.fakes["dynamodb"] = direct_dynamodb.call
    with recorder.installed(), pytest.raises(AssertionError, match="TableNam"):
        cloud.dynamodb.get_item(TableNam="videos", Key=KEY)


def test_what_was_read_is_no_part_of_the_store(cloud: Cloud) -> None:
    cloud.empty()
    table = Table(lambda: cloud.dynamodb, "videos")
    table.write(Write(put={"pk": "A", "sk": "1", "list": ["a"]}))
    recorder = CallRecorder()
    recorder.fakes["dynamodb"] = direct_dynamodb.call
    with recorder.installed():
        found = table.get({"pk": "A", "sk": "1"})
        assert found
        found["list"].append("b")
        assert table.get({"pk": "A", "sk": "1"}) == {"pk": "A", "sk": "1", "list": ["a"]}
