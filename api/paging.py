"""`?cursor=&limit=` on every list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from socialflow.platform.cursors import decode_cursor, encode_cursor

MAX_LIMIT = 100
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=400, description="`next_cursor` of the page before; none for the first."),
]


def position_of(cursor: str | None) -> str | None:
    """Where to go on; raises `CursorInvalid`."""
    return decode_cursor(cursor) if cursor else None


def cursor_for(position: str | None) -> str | None:
    """The cursor to hand out for a position."""
    return encode_cursor(position) if position else None
