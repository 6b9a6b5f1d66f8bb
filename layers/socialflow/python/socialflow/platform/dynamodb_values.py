"""Plain values as DynamoDB writes them, and back: `"x"` is `{"S": "x"}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def encode_map(values: Mapping[str, object]) -> dict[str, Any]:
    """An item or a map; what is None is left out."""
    return {name: _encode(value) for name, value in values.items() if value is not None}


def _encode(value: object) -> dict[str, Any]:
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case float():
            return {"N": repr(value)}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": encode_map(value)}
        case Iterable():
            return {"L": [_encode(element) for element in value]}
    raise TypeError(f"DynamoDB cannot hold a {type(value).__name__}")


def decode_map(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an item or a map."""
    return {name: _decode(value) for name, value in attributes.items()}


def _decode(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "M":
            return decode_map(value)
        case "L":
            return [_decode(element) for element in value]
        case "NULL":
            return None
        case "SS" | "BS":
            return set(value)
        case "NS":
            return {_decode({"N": number}) for number in value}
    raise TypeError(f"unknown DynamoDB type {kind}")
