"""Text that can be sent, and what attributes count."""

from __future__ import annotations

import json
from collections.abc import Mapping

__all__ = ["MAX_ATTRIBUTE_BYTES", "attribute_bytes", "is_attributes", "is_sendable"]

MAX_ATTRIBUTE_BYTES = 1024


def attribute_bytes(attributes: Mapping[str, str]) -> int:
    """What attributes count: their names and values in UTF-8."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())


def is_attributes(given: object) -> bool:
    """Whether it is a map of strings."""
    return isinstance(given, dict) and all(isinstance(each, str) for each in given.values())


def is_sendable(value: object) -> bool:
    """JSON can spell half a surrogate pair, which is no text and cannot be sent to anybody."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
