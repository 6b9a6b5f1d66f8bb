"""Requests checked against botocore's own model of the service.

What the SDK's model says of a field (type, length, range, pattern, choices, union) is what is
asked of it here. Fields that the model does not know are passed over, as the service does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from infra.local.ivschat.errors import ValidationFailed
from infra.local.ivschat.text import is_sendable

__all__ = ["check_request", "operation_names"]

# The published pattern has no repetition, so it matches no resource there is.
_MODEL_FAULTS = frozenset({"ResourceArn"})


@functools.cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("ivschat", "service-2"), "ivschat")


def operation_names() -> list[str]:
    return list(_model().operation_names)


def check_request(operation: str, given: Any) -> dict[str, Any]:
    """The known fields of a request. Raises `ValidationFailed` with every fault by its name."""
    shape = _model().operation_model(operation).input_shape
    if not isinstance(given, dict) or not isinstance(shape, StructureShape):
        raise ValidationFailed("The body is not a JSON object.")
    if not is_sendable(given):
        raise ValidationFailed("The body holds half a surrogate pair.")
    faults = dict(_faults(shape, given, ""))
    if faults:
        listed = "; ".join(f"{name}: {wrong}" for name, wrong in faults.items())
        raise ValidationFailed(f"{len(faults)} fields are not valid: {listed}", faults)
    return {name: given[name] for name in shape.members if given.get(name) is not None}


def _faults(shape: Shape, given: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, given, name)
    elif isinstance(shape, ListShape):
        yield from _list_faults(shape, given, name)
    elif isinstance(shape, MapShape):
        yield from _map_faults(shape, given, name)
    elif isinstance(shape, StringShape):
        yield from _string_faults(shape, given, name)
    elif shape.type_name == "integer":
        if not isinstance(given, int) or isinstance(given, bool):
            yield name, "is not a whole number"
        else:
            yield from _size_faults(shape, given, name)
    else:
        raise TypeError(f"{shape.type_name} is in no request of this service")


def _structure_faults(shape: StructureShape, given: Any, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        yield name, "is not an object"
        return
    present = [member for member in shape.members if given.get(member) is not None]
    for required in shape.required_members:
        if required not in present:
            yield _below(name, required), "is missing"
    if shape.is_tagged_union and len(present) != 1:
        yield name, "has to have exactly one member"
    for member in present:
        yield from _faults(shape.members[member], given[member], _below(name, member))


def _list_faults(shape: ListShape, given: Any, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, list):
        yield name, "is not a list"
        return
    yield from _size_faults(shape, len(given), name)
    for place, member in enumerate(given):
        yield from _faults(shape.member, member, f"{name}[{place}]")


def _map_faults(shape: MapShape, given: Any, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        yield name, "is not a map"
        return
    yield from _size_faults(shape, len(given), name)
    for key, value in given.items():
        yield from _faults(shape.key, key, f"{name}.{key}")
        yield from _faults(shape.value, value, f"{name}.{key}")


def _string_faults(shape: StringShape, given: Any, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, str):
        yield name, "is not a string"
        return
    yield from _size_faults(shape, len(given), name)
    if shape.enum and given not in shape.enum:
        yield name, f"is not one of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and shape.name not in _MODEL_FAULTS and not re.fullmatch(pattern, given):
        yield name, f"does not match {pattern}"


def _size_faults(shape: Shape, size: int, name: str) -> Iterator[tuple[str, str]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield name, f"is not from {low} to {high}"


def _below(name: str, member: str) -> str:
    return f"{name}.{member}" if name else member
