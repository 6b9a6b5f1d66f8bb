"""`ETag`, `If-None-Match` and `If-Match` (RFC 9110, 8.8.3 and 13.1).

A tag is `"<edits>.<state>"`. Edits compare only the first part: a creator who changes a title
must not lose to a progress bar that moved meanwhile.
"""

import re
from typing import Annotated

from fastapi import Header

from socialflow.platform.errors import Malformed, PreconditionRequired

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=64, description="The `ETag` of what is being edited."),
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=512)]
_TAG = re.compile(r'^"(\d{1,12})\.(\d{1,12})"$')


class ETagInvalid(Malformed):
    """`If-Match` is not a tag that we gave out."""

    code = "etag_invalid"


def etag(edits: int, state: int) -> str:
    """The strong entity tag for a number of edits and of state changes."""
    return f'"{edits}.{state}"'


def expected_edits(if_match: str | None) -> int | None:
    """How many edits the caller has seen; None for `*`. Raises where the header is missing."""
    if if_match is None:
        raise PreconditionRequired("Send the ETag of what you edit as If-Match.")
    if if_match.strip() == "*":
        return None
    matched = _TAG.match(if_match.strip())
    if not matched:
        raise ETagInvalid("If-Match must be the ETag of a read, or *.")
    return int(matched[1])


def is_current(if_none_match: str | None, tag: str) -> bool:
    """Whether the caller already has this version (weak comparison, as RFC 9110 asks)."""
    if not if_none_match:
        return False
    seen = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in seen or "*" in seen
