"""Which requests make a checkpoint necessary, and of what."""

from typing import Any

import pytest

from infra.local.engine.app import may_change_state, signing_name


def scope(method: str, path: str = "/", **headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


@pytest.mark.parametrize(
    ("asked", "changes"),
    [
        (scope("GET"), False),
        (scope("OPTIONS"), False),
        (scope("PUT"), True),
        (scope("POST"), True),
        (scope("POST", x_amz_target="DynamoDB_20120810.GetItem"), False),
        (scope("POST", x_amz_target="DynamoDB_20120810.TransactGetItems"), False),
        (scope("POST", x_amz_target="DynamoDB_20120810.TransactWriteItems"), True),
        (scope("POST", x_amz_target="DynamoDB_20120810.UpdateItem"), True),
        (scope("POST", x_amz_target="AmazonSQS.ReceiveMessage"), True),
        (scope("POST", "/2015-03-31/functions/review/invocations"), False),
        (scope("POST", "/2015-03-31/functions"), True),
    ],
)
def test_reading_changes_nothing(asked: dict[str, Any], changes: bool) -> None:
    assert may_change_state(asked) is changes


def test_the_service_is_the_one_that_the_request_is_signed_for() -> None:
    credential = "AWS4-HMAC-SHA256 Credential=ASIA1/20261121/us-east-1/dynamodb/aws4_request, Si"
    assert signing_name(scope("POST", authorization=credential)) == "dynamodb"
    assert signing_name(scope("PUT")) == "s3"
    assert signing_name(scope("POST", authorization="Bearer eyJ.eyJ.x")) == "s3"
