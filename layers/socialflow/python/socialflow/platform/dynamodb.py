"""A DynamoDB table as the repositories use it: plain values in, plain values out.

Expressions name attributes as `#status` and values as `:status`; the names are filled in here.
Every refusal by a condition becomes `ConditionFailed`, carrying the item as it is, so that
nobody needs a second read to learn why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialflow.platform.dynamodb_values import decode_map, encode_map
from socialflow.platform.dynamodb_writes import Item as Item
from socialflow.platform.dynamodb_writes import Key as Key
from socialflow.platform.dynamodb_writes import Write as Write
from socialflow.platform.dynamodb_writes import write_request
from socialflow.platform.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_BATCH_GET_KEYS = 100
MAX_BATCH_WRITE_ITEMS = 25
MAX_BATCH_ROUNDS = 5
MAX_CONFLICTS = 4


class ConditionFailed(Exception):
    """The condition did not hold; `item` is what was there (None where nothing was)."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("condition failed")
        self.item = item


class TransactionRefused(Exception):
    """A transaction was cancelled by conditions; `failed` are the positions that refused.

    `items` are what was there, by position; where nothing was, there is none.
    """

    def __init__(self, failed: Sequence[int], items: Mapping[int, Item] | None = None) -> None:
        super().__init__(f"transaction refused at {list(failed)}")
        self.failed = tuple(failed)
        self.items: Mapping[int, Item] = items or {}


class StorageBusy(Unavailable):
    """DynamoDB throttled or conflicted beyond our retries."""

    code = "storage_busy"


class TransactionsMet(StorageBusy):
    """Another transaction was at one of the items at the same moment."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query, and the sort key to go on after (None at the end)."""

    items: list[Item]
    next_position: str | None


class Table:
    """One table. All reads and writes of a repository go through here."""

    def __init__(self, client: Callable[[], DynamoDBClient], name: str) -> None:
        self._client = client
        self.name = name

    def get(self, key: Key, *, consistent: bool = False) -> Item | None:
        """One item, or None."""
        found = self._client().get_item(
            TableName=self.name, Key=encode_map(key), ConsistentRead=consistent
        )
        return decode_map(found["Item"]) if "Item" in found else None

    def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> list[Item]:
        """Up to 100 items in no particular order; those that are not there are left out."""
        if len(keys) > MAX_BATCH_GET_KEYS:
            raise ValueError(f"at most {MAX_BATCH_GET_KEYS} keys a batch")
        items: list[Item] = []
        wanted: dict[str, Any] = {"Keys": [encode_map(key) for key in keys]}
        if consistent:
            wanted["ConsistentRead"] = True
        pending: dict[str, Any] = {self.name: wanted} if keys else {}
        for attempt in range(MAX_BATCH_ROUNDS):
            if not pending:
                return items
            if attempt:
                time.sleep(0.05 * 2**attempt)
            answer = self._client().batch_get_item(RequestItems=pending)
            items += [decode_map(item) for item in answer["Responses"].get(self.name, [])]
            pending = dict(answer.get("UnprocessedKeys") or {})
        if pending:
            raise StorageBusy("Some records could not be read just now; try again.")
        return items

    def put_many(self, items: Sequence[Item]) -> None:
        """Puts any number of items, whatever is there, 25 a call; no key may come twice.

        What DynamoDB leaves undone of a call is put again. Raises `StorageBusy` where some of it
        still is not done; then some items are there and the caller must put all of them again.
        """
        self._write_many([{"PutRequest": {"Item": encode_map(item)}} for item in items])

    def delete_many(self, keys: Sequence[Key]) -> None:
        """Deletes any number of items, there or not, as `put_many` puts them."""
        self._write_many([{"DeleteRequest": {"Key": encode_map(key)}} for key in keys])

    def _write_many(self, requests: Sequence[Any]) -> None:
        for start in range(0, len(requests), MAX_BATCH_WRITE_ITEMS):
            self._write_batch(requests[start : start + MAX_BATCH_WRITE_ITEMS])

    def _write_batch(self, requests: Sequence[Any]) -> None:
        from botocore.exceptions import ClientError

        pending: dict[str, Any] = {self.name: list(requests)}
        for attempt in range(MAX_BATCH_ROUNDS):
            if attempt:
                time.sleep(0.05 * 2**attempt)
            try:
                answer = self._client().batch_write_item(RequestItems=pending)
            except ClientError as error:
                raise _translated(error) from error
            pending = dict(answer.get("UnprocessedItems") or {})
            if not pending:
                return
        raise StorageBusy("Some records could not be written just now; try again.")

    def write(self, write: Write) -> Item:
        """Does one write; returns the item after an update, and {} otherwise."""
        from botocore.exceptions import ClientError

        kind, request = write_request(self.name, write)
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        if kind == "Update":
            request["ReturnValues"] = "ALL_NEW"
        if write.condition:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            answer = getattr(self._client(), call)(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                seen: Any = error.response.get("Item")
                raise ConditionFailed(decode_map(seen) if seen else None) from error
            raise _translated(error) from error
        return decode_map(answer["Attributes"]) if "Attributes" in answer else {}

    def transact(self, writes: Sequence[Write], *, token: str | None = None) -> None:
        """Does all the writes or none. `token` makes a repeat within 10 minutes a no-op.

        One that met another transaction at an item was cancelled for that alone; botocore does
        not try it again, so it is here, a few times. Raises `TransactionRefused`, `StorageBusy`.
        """
        for attempt in range(MAX_CONFLICTS):
            try:
                return self._transact(writes, token)
            except TransactionsMet:
                if attempt == MAX_CONFLICTS - 1:
                    raise
                time.sleep(0.02 * 2**attempt)

    def _transact(self, writes: Sequence[Write], token: str | None) -> None:
        from botocore.exceptions import ClientError

        requests: list[Any] = [dict([write_request(self.name, write)]) for write in writes]
        for write, request in zip(writes, requests, strict=True):
            if write.condition:
                next(iter(request.values()))["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            once: Any = {"ClientRequestToken": token} if token else {}
            self._client().transact_write_items(TransactItems=requests, **once)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons") or []
            failed = [
                position
                for position, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            ]
            if failed:
                seen = {
                    position: decode_map(reasons[position]["Item"])
                    for position in failed
                    if reasons[position].get("Item")
                }
                raise TransactionRefused(failed, seen) from error
            if any(reason.get("Code") == "TransactionConflict" for reason in reasons):
                raise TransactionsMet("The store is busy; try again in a moment.") from error
            raise _translated(error) from error

    def query(
        self,
        partition: str,
        *,
        index: str | None = None,
        after: str | None = None,
        before: str | None = None,
        prefix: str = "",
        limit: int,
        newest_first: bool = False,
        consistent: bool = False,
    ) -> Page:
        """One page of a partition in sort-key order, from `after` (exclusive).

        Inclusive upper bound `before`, or a `prefix`, narrow the sort key. Reads one item more
        than asked for, so that the last page knows that it is the last. Indexes are never
        `consistent`.
        """
        pk, sk = (f"{index}pk", f"{index}sk") if index else ("pk", "sk")
        condition, values = f"#{pk} = :partition", {":partition": partition}
        lower, upper = (None, after) if newest_first else (after, None)
        if prefix and not after:
            condition, values[":prefix"] = condition + f" AND begins_with(#{sk}, :prefix)", prefix
        elif prefix:
            low, high = (prefix, after) if newest_first else (after, prefix + "\U0010ffff")
            condition += f" AND #{sk} BETWEEN :low AND :high"
            values |= {":low": low or "", ":high": high or ""}
        elif before is not None:
            condition, values[":before"] = condition + f" AND #{sk} <= :before", before
        elif lower is not None:
            condition, values[":after"] = condition + f" AND #{sk} > :after", lower
        elif upper is not None:
            condition, values[":after"] = condition + f" AND #{sk} < :after", upper
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{pk}": pk}
            | ({f"#{sk}": sk} if f"#{sk}" in condition else {}),
            "ExpressionAttributeValues": encode_map(values),
            "ScanIndexForward": not newest_first,
            # BETWEEN includes `after` itself, which is dropped below.
            "Limit": limit + 1 + (1 if prefix and after else 0),
        }
        if index:
            request["IndexName"] = index
        if consistent:
            request["ConsistentRead"] = True
        answer = self._client().query(**request)
        items = [decode_map(item) for item in answer["Items"]]
        if prefix and after:
            items = [item for item in items if item[sk] != after][: limit + 1]
        more = len(items) > limit or "LastEvaluatedKey" in answer
        items = items[:limit]
        return Page(items, items[-1][sk] if more and items else None)


def decode_image(image: Mapping[str, Any] | None) -> Item:
    """The plain item in a stream record's image ({} where there is none)."""
    return decode_map(image) if image else {}


def _translated(error: Any) -> Exception:
    busy = {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "TransactionInProgressException",
        "TransactionCanceledException",
    }
    if error.response["Error"]["Code"] in busy:
        return StorageBusy("The store is busy; try again in a moment.")
    return error if isinstance(error, Exception) else RuntimeError(str(error))
