"""Which partitions of which tables a call touches, and whether a role's statements let it.

As DynamoDB has it: `dynamodb:LeadingKeys` are the partition keys of the items that an action is
about, of the index that is asked where it is one; each part of a transaction is an action of its
own ("Using IAM policy conditions for fine-grained access control", DynamoDB Developer Guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.crash_points.calls import CallSite
from tests.infra.assembly import listed

PARTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
"""What a transaction needs, by its parts."""

_EQUALS = re.compile(r"([#\w]+) = (:\w+)")
_TABLE = re.compile(r"([A-Z][a-z]+)Table[0-9A-F]+")


@dataclass(frozen=True, slots=True)
class Touched:
    """An action on one partition of a context's table."""

    action: str
    table: str
    partition: str

    def is_allowed(self, statements: Sequence[Mapping[str, Any]]) -> bool:
        """Whether one of a role's statements allows it and none forbids it."""
        about = [each for each in statements if self._is_meant(each)]
        effects = {each["Effect"] for each in about}
        return effects == {"Allow"}

    def _is_meant(self, statement: Mapping[str, Any]) -> bool:
        tables = {name.lower() for name in _TABLE.findall(str(statement["Resource"]))}
        if self.table not in tables or self.action not in listed(statement["Action"]):
            return False
        conditions = statement.get("Condition", {})
        patterns = [
            pattern
            for condition in conditions.values()
            for pattern in listed(condition.get("dynamodb:LeadingKeys", "*"))
        ] or ["*"]
        return any(fnmatchcase(self.partition, pattern) for pattern in patterns)


def touched_by(site: CallSite) -> Iterator[Touched]:
    """What a call of DynamoDB touches; nothing for calls of other services."""
    given = site.parameters
    if site.operation == "dynamodb:TransactWriteItems":
        for item in given["TransactItems"]:
            for part, body in item.items():
                yield Touched(PARTS[part], body["TableName"], _partition(body))
    elif site.operation == "dynamodb:Query":
        yield Touched(site.operation, given["TableName"], _asked_for(given))
    elif "RequestItems" in given:
        for table, requests in given["RequestItems"].items():
            for partition in _batched(requests):
                yield Touched(site.operation, table, partition)
    elif site.operation.startswith("dynamodb:") and {"Key", "Item"} & set(given):
        yield Touched(site.operation, given["TableName"], _partition(given))


def _batched(requests: Any) -> Iterator[str]:
    """The partitions of one table in a batch: of reads by key, or of writes."""
    if isinstance(requests, Mapping):
        yield from (key["pk"]["S"] for key in requests["Keys"])
    else:
        yield from (_partition(body) for request in requests for body in request.values())


def _partition(body: Mapping[str, Any]) -> str:
    return str((body.get("Key") or body["Item"])["pk"]["S"])


def _asked_for(query: Mapping[str, Any]) -> str:
    """The partition of a query: the value that its partition key is to equal."""
    names = query.get("ExpressionAttributeNames", {})
    for name, value in _EQUALS.findall(query["KeyConditionExpression"]):
        if names.get(name, name).endswith("pk"):
            return str(query["ExpressionAttributeValues"][value]["S"])
    raise ValueError(f"{query['KeyConditionExpression']} names no partition")
