"""One conditional write, and the request for it as DynamoDB's API has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from socialflow.platform.dynamodb_values import encode_map

Item = dict[str, Any]
Key = Mapping[str, str]

_NAME = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One conditional write, alone or in a transaction.

    `put` writes a whole item; otherwise `key` is updated by `set` (None removes), `set_once` (kept
    where it is there already), `add` and `remove`, deleted (`delete`), or only checked (`check`).
    """

    put: Item | None = None
    key: Key | None = None
    set: Mapping[str, object] = field(default_factory=dict)
    set_once: Mapping[str, object] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: Sequence[str] = ()
    delete: bool = False
    check: bool = False
    condition: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def write_request(table: str, write: Write) -> tuple[str, dict[str, Any]]:
    """The request for a write, and its kind as a transaction names it."""
    request: dict[str, Any] = {"TableName": table}
    if write.put is not None:
        kind, request["Item"] = "Put", encode_map(write.put)
    elif write.key is not None:
        kind = "Delete" if write.delete else "ConditionCheck" if write.check else "Update"
        request["Key"] = encode_map(write.key)
    else:
        raise ValueError("a write needs `put` or `key`")
    update, values = _update_expression(write)
    if update:
        request["UpdateExpression"] = update
    if write.condition:
        request["ConditionExpression"] = write.condition
    names = {f"#{name}": name for name in _NAME.findall(f"{update} {write.condition}")}
    if names:
        request["ExpressionAttributeNames"] = names
    if values:
        request["ExpressionAttributeValues"] = encode_map(values)
    return kind, request


def _update_expression(write: Write) -> tuple[str, dict[str, object]]:
    """The update expression of a write, and all its values by placeholder."""
    values: dict[str, object] = {f":{name}": value for name, value in write.values.items()}
    sets = [f"#{name} = :set_{name}" for name, value in write.set.items() if value is not None]
    gone = [name for name, value in write.set.items() if value is None]
    sets += [f"#{name} = if_not_exists(#{name}, :once_{name})" for name in write.set_once]
    values |= {f":set_{name}": value for name, value in write.set.items() if value is not None}
    values |= {f":once_{name}": value for name, value in write.set_once.items()}
    values |= {f":add_{name}": amount for name, amount in write.add.items()}
    clauses = [
        ("SET", sets),
        ("ADD", [f"#{name} :add_{name}" for name in write.add]),
        ("REMOVE", [f"#{name}" for name in (*write.remove, *gone)]),
    ]
    return " ".join(f"{verb} {', '.join(terms)}" for verb, terms in clauses if terms), values
