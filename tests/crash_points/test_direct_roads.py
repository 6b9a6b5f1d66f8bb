"""The harness's short roads to moto's stores answer what the clients' own roads do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from socialflow.platform.dynamodb import Item, Table, Write
from tests.crash_points import direct_dynamodb, direct_s3
from tests.crash_points.calls import CallRecorder
from tests.crash_points.cloud import MEDIA, Cloud, account


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


SOURCE = {"Bucket": MEDIA, "Key": "a/1"}


@pytest.mark.parametrize(
    "work",
    [
        lambda client: client.list_objects_v2(Bucket=MEDIA, Prefix="a/"),
        lambda client: client.list_objects_v2(Bucket=MEDIA, Prefix="none/"),
        lambda client: client.copy_object(Bucket=MEDIA, Key="b/1", CopySource=SOURCE),
        lambda client: client.copy_object(
            Bucket=MEDIA, Key="b/1", CopySource=SOURCE | {"Key": "none"}
        ),
        lambda client: client.delete_objects(
            Bucket=MEDIA, Delete={"Objects": [{"Key": "a/1"}, {"Key": "none"}], "Quiet": True}
        ),
        lambda client: client.delete_object(Bucket=MEDIA, Key="a/1"),
        lambda client: client.delete_object(Bucket=MEDIA, Key="none"),
        lambda client: client.head_object(Bucket=MEDIA, Key="a/2"),
        lambda client: client.head_object(Bucket=MEDIA, Key="none"),
    ],
)
def test_both_roads_to_objects_end_alike(cloud: Cloud, work: Callable[[Any], Any]) -> None:
    outcomes = []
    for fakes in ({}, {"s3": direct_s3.call}):
        cloud.empty()
        for key in ("a/1", "a/2", "c/1"):
            cloud.put_object(MEDIA, key)
        recorder = CallRecorder()
        recorder.fakes.update(fakes)
        with recorder.installed():
            outcomes.append((_read(work, cloud.s3), cloud.objects(MEDIA)))
    assert outcomes[0] == outcomes[1]


def _read(work: Callable[[Any], Any], client: Any) -> Any:
    """What this project reads of an answer."""
    try:
        answer = work(client)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return {
        "keys": [each["Key"] for each in answer.get("Contents", [])],
        "whole": not answer.get("IsTruncated"),
        "size": answer.get("ContentLength"),
        "errors": answer.get("Errors"),
    }
