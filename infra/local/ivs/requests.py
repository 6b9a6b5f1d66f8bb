"""Requests held against IVS's own service model, as botocore ships it.

What the model states (required members, types, lengths, ranges, patterns, enumerations) is
checked from the model. Members it does not know are refused: they are spelling mistakes.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import botocore.session

from infra.local.ivs.errors import Invalid

__all__ = ["check_request", "operations"]

# The model's own pattern of this shape matches no ARN there is.
_WRONG_PATTERNS = {"ResourceArn"}
_PLAIN: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
}


@functools.cache
def _model() -> Any:
    return botocore.session.get_session().get_service_model("ivs")


def operations() -> dict[str, tuple[str, str]]:
    """Method and path by operation."""
    model = _model()
    return {
        name: (http["method"], http["requestUri"])
        for name in model.operation_names
        for http in [model.operation_model(name).http]
    }


def check_request(operation: str, members: dict[str, Any]) -> None:
    """Raises `Invalid` naming the member. `members` come from the body and the path."""
    shape = _model().operation_model(operation).input_shape
    _check(shape, members, "")


def _check(shape: Any, value: Any, path: str) -> None:
    kind = shape.type_name
    if kind == "structure":
        _check_structure(shape, value, path)
    elif kind == "list":
        if not isinstance(value, list):
            raise Invalid(f"{path}: must be a list")
        _check_size(shape, len(value), path, "entries")
        for position, entry in enumerate(value):
            _check(shape.member, entry, f"{path}/{position}")
    elif kind == "map":
        if not isinstance(value, dict):
            raise Invalid(f"{path}: must be an object")
        _check_size(shape, len(value), path, "entries")
        for key, entry in value.items():
            _check(shape.key, key, f"{path}/{key}")
            _check(shape.value, entry, f"{path}/{key}")
    else:
        _check_plain(shape, value, path)


def _check_structure(shape: Any, value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(f"{path or '/'}: must be an object")
    for name in shape.required_members:
        if value.get(name) is None:
            raise Invalid(f"{path}/{name}: is required")
    for name, entry in value.items():
        if name not in shape.members:
            raise Invalid(f"{path}/{name}: is not known")
        if entry is not None:
            _check(shape.members[name], entry, f"{path}/{name}")


def _check_plain(shape: Any, value: Any, path: str) -> None:
    kind = shape.type_name
    wanted = _PLAIN[kind]
    if not isinstance(value, wanted) or (kind != "boolean" and isinstance(value, bool)):
        raise Invalid(f"{path}: must be a {kind}")
    if kind == "string":
        _check_size(shape, len(value), path, "characters")
        pattern = shape.metadata.get("pattern")
        if pattern and shape.name not in _WRONG_PATTERNS and not _matches(pattern, value):
            raise Invalid(f"{path}: {value!r} does not match {pattern}")
    elif kind in ("integer", "long"):
        _check_size(shape, value, path, "")
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        raise Invalid(f"{path}: {value!r} is none of {', '.join(allowed)}")


def _check_size(shape: Any, size: int, path: str, unit: str) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        raise Invalid(f"{path}: must be from {low} to {high} {unit}".rstrip())


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The models are written for Java, whose classes of letters, spaces and numbers these are.
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None
