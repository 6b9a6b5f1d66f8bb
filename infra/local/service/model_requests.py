"""Requests held against the SDK's own model of a service, as botocore ships it.

What the model says of a field (type, length, range, pattern, choices, union) is what is asked of
it. Each service words its refusal itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

__all__ = ["operations", "request_faults"]

# These services publish a pattern for ARNs of any resource that no ARN matches.
_WRONG_PATTERNS = frozenset({"ResourceArn"})
_WHOLE = frozenset({"integer", "long"})


@functools.cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def operations(service: str) -> dict[str, tuple[str, str]]:
    """Method and path of each operation, by its name."""
    model = _model(service)
    https = {name: model.operation_model(name).http for name in model.operation_names}
    return {name: (http["method"], http["requestUri"]) for name, http in https.items()}


def request_faults(
    service: str, operation: str, members: dict[str, Any], *, knows_all: bool = False
) -> dict[str, str]:
    """What is wrong, by the field's path (`tags/a`, `list/0`); nothing is, when it is empty.

    `knows_all` makes fields that the model does not know faults; AWS passes over them.
    """
    shape = _model(service).operation_model(operation).input_shape
    if shape is None:
        return {}
    return dict(_faults(shape, members, "", knows_all))


def _faults(shape: Shape, given: Any, path: str, knows_all: bool) -> Iterator[tuple[str, str]]:
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, given, path, knows_all)
    elif isinstance(shape, ListShape):
        if not isinstance(given, list):
            yield path, "is not a list"
            return
        yield from _size_faults(shape, len(given), path)
        for place, member in enumerate(given):
            yield from _faults(shape.member, member, _below(path, str(place)), knows_all)
    elif isinstance(shape, MapShape):
        if not isinstance(given, dict):
            yield path, "is not a map"
            return
        yield from _size_faults(shape, len(given), path)
        for key, value in given.items():
            yield from _faults(shape.key, key, _below(path, key), knows_all)
            yield from _faults(shape.value, value, _below(path, key), knows_all)
    else:
        yield from _plain_faults(shape, given, path)


def _structure_faults(
    shape: StructureShape, given: Any, path: str, knows_all: bool
) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        yield path, "is not an object"
        return
    present = [name for name in given if given[name] is not None]
    for required in shape.required_members:
        if required not in present:
            yield _below(path, required), "is missing"
    if shape.is_tagged_union and len(present) != 1:
        yield path, "has to have exactly one member"
    for name in present:
        if name in shape.members:
            yield from _faults(shape.members[name], given[name], _below(path, name), knows_all)
        elif knows_all:
            yield _below(path, name), "is not known"


def _plain_faults(shape: Shape, given: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, StringShape):
        if not isinstance(given, str):
            yield path, "is not a string"
            return
        yield from _size_faults(shape, len(given), path)
        if shape.enum and given not in shape.enum:
            yield path, f"is not one of {', '.join(shape.enum)}"
        pattern = shape.metadata.get("pattern")
        if pattern and shape.name not in _WRONG_PATTERNS and not _matches(pattern, given):
            yield path, f"does not match {pattern}"
    elif shape.type_name == "boolean":
        if not isinstance(given, bool):
            yield path, "is not true or false"
    elif shape.type_name in _WHOLE:
        if not isinstance(given, int) or isinstance(given, bool):
            yield path, "is not a whole number"
        else:
            yield from _size_faults(shape, given, path)
    else:
        raise TypeError(f"requests with a {shape.type_name} are not understood yet")


def _size_faults(shape: Shape, size: int, path: str) -> Iterator[tuple[str, str]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield path, f"is not from {low} to {high}"


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The models are written for Java, whose classes of letters, spaces and numbers these are.
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))


def _matches(pattern: str, given: str) -> bool:
    return _compiled(pattern).fullmatch(given) is not None


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name
