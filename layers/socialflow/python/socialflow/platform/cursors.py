"""Opaque list cursors.

A cursor holds only the position (a sort key) inside the partition that the request itself
names, so that a forged one can move within the caller's own list and nowhere else.
"""

import base64
import binascii

from socialflow.platform.errors import Malformed

MAX_POSITION_CHARACTERS = 200


class CursorInvalid(Malformed):
    """The cursor is not one that this list gave out."""

    code = "cursor_invalid"


def encode_cursor(position: str) -> str:
    """A URL-safe cursor for a sort key."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The sort key in a cursor; raises `CursorInvalid`."""
    try:
        position = base64.b64decode(
            cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        ).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise CursorInvalid("This cursor is not valid; start again without one.") from error
    if not position or len(position) > MAX_POSITION_CHARACTERS or not position.isprintable():
        raise CursorInvalid("This cursor is not valid; start again without one.")
    return position
