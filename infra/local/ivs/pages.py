"""Lists a page at a time: `nextToken` is opaque and holds where the last page ended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeVar

from infra.local.ivs.errors import Invalid

__all__ = ["page"]

_T = TypeVar("_T")


def page(
    member: str,
    asked: dict[str, Any],
    found: list[_T],
    key: Callable[[_T], str],
    shown: Callable[[_T], dict[str, Any]],
    size: int,
) -> dict[str, Any]:
    """The part of `found`, in its order, after the entry that the token names by its `key`."""
    start = 0
    if token := asked.get("nextToken"):
        last = _decoded(token)
        keys = [key(one) for one in found]
        start = keys.index(last) + 1 if last in keys else len(found)
    end = start + (asked.get("maxResults") or size)
    answer: dict[str, Any] = {member: [shown(one) for one in found[start:end]]}
    if end < len(found):
        answer["nextToken"] = base64.urlsafe_b64encode(key(found[end - 1]).encode()).decode()
    return answer


def _decoded(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, UnicodeDecodeError) as malformed:
        raise Invalid("/nextToken: is not a token of this service") from malformed
