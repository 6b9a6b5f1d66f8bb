"""Every DynamoDB call of a run with its units, taken where the crash-point world answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from bench.capacity import Units, get_units, query_units, write_units
from tests.crash_points.cloud import TABLES
from tests.crash_points.world import World

SINGLE_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its delivery made it."""

    operation: str
    table: str
    units: Units


class Meter:
    """Stands before the world's DynamoDB; calls outside deliveries are not counted.

    `runs` are the deliveries in order, each with its calls.
    """

    def __init__(self, world: World) -> None:
        self.runs: list[tuple[str, list[Call]]] = []
        self._world = world
        self._deliver = world.calls.delivery
        world.calls.delivery = self._delivery  # type: ignore[method-assign]
        self._answer = world.calls.fakes["dynamodb"]
        self._seen = 0
        world.calls.fakes["dynamodb"] = self._call

    @contextmanager
    def _delivery(self, name: str) -> Iterator[None]:
        self.runs.append((name, []))
        with self._deliver(name):
            yield
        # Its last call may have been another service's.
        self._seen = len(self._world.calls.sites)

    def _call(self, operation: Any, parameters: dict[str, Any]) -> Any:
        sites = self._world.calls.sites
        counted, self._seen = len(sites) > self._seen, len(sites)
        if not counted:
            return self._answer(operation, parameters)
        touched = _written(operation.name, parameters)
        before = [self._look(operation, table, key) for table, key in touched]
        try:
            answer = self._answer(operation, parameters)
        except ClientError:
            answer = {}
            raise
        finally:
            after = [self._look(operation, table, key) for table, key in touched]
            self.runs[-1][1].append(
                Call(
                    operation.name,
                    touched[0][0] if touched else _table_read(parameters),
                    _read(operation.name, parameters, answer)
                    if not touched
                    else sum(
                        (
                            write_units(
                                was,
                                now,
                                indexes=TABLES[table],
                                transacted=operation.name == "TransactWriteItems",
                            )
                            for (table, _), was, now in zip(touched, before, after, strict=True)
                        ),
                        Units(),
                    ),
                )
            )
        return answer

    def _look(self, operation: Any, table: str, key: Mapping[str, Any]) -> Any:
        """An item as it is, without a call that anybody counts."""
        get = operation.service_model.operation_model("GetItem")
        return self._answer(get, {"TableName": table, "Key": key}).get("Item")


def _written(operation: str, parameters: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Table and key of each item that a call writes, or checks in a transaction."""
    if operation in SINGLE_WRITES:
        return [_target(parameters)]
    if operation == "BatchWriteItem":
        return [
            _target({"TableName": table, **request})
            for table, each in parameters["RequestItems"].items()
            for one in each
            for request in one.values()
        ]
    if operation == "TransactWriteItems":
        return [_target(one) for each in parameters["TransactItems"] for one in each.values()]
    return []


def _target(write: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    source = write.get("Key") or write["Item"]
    return write["TableName"], {"pk": source["pk"], "sk": source["sk"]}


def _consistent(parameters: Mapping[str, Any]) -> Iterator[bool]:
    """Of each table of a batch, whether it is read consistently."""
    for wanted in parameters["RequestItems"].values():
        yield bool(wanted.get("ConsistentRead"))


def _table_read(parameters: Mapping[str, Any]) -> str:
    return parameters.get("TableName") or ", ".join(parameters["RequestItems"])


def _read(operation: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> Units:
    consistent = bool(parameters.get("ConsistentRead"))
    match operation:
        case "GetItem":
            return get_units(answer.get("Item"), consistent=consistent)
        case "Query":
            return query_units(answer.get("Items", []), consistent=consistent)
        case "BatchGetItem":
            asked = sum(len(wanted["Keys"]) for wanted in parameters["RequestItems"].values())
            found = [item for items in answer["Responses"].values() for item in items]
            absent = [None] * (asked - len(found))
            each = [
                get_units(item, consistent=any(_consistent(parameters)))
                for item in (*found, *absent)
            ]
            return sum(each, Units())
        case "DescribeTable":
            return Units()
    raise ValueError(f"no rule for {operation}")
