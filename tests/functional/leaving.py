"""Time for those who leave: what waits for its moment has waited long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from socialflow.platform.clock import to_rfc3339
from tests.functional.account import AwsAccount

SETTLE: Final = "socialflow-local-identity-every_1_hour_settle_rights"


def be_due(account: AwsAccount, pk: str, sk: str) -> None:
    """What waits for its time has waited long enough; the hourly job comes by."""
    table, now = account.outputs["IdentityTableName"], datetime.now(UTC)
    past = to_rfc3339(now - timedelta(minutes=1))
    dynamodb = account.client("dynamodb")
    changes = [(pk, sk, "gsi1sk", f"{past}#due")]
    if sk == "DELETION":
        changes += [(pk, each, "delete_after", past) for each in (sk, "USER")]
    for partition, sort, name, value in changes:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": partition}, "sk": {"S": sort}},
            UpdateExpression="SET #name = :value",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":value": {"S": value}},
        )
    answer = account.client("lambda").invoke(FunctionName=SETTLE, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
