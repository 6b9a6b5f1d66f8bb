"""Moments that people send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from api.moments import Moment

MOMENTS: TypeAdapter[datetime] = TypeAdapter(Moment)


def test_are_kept_in_utc_to_the_millisecond() -> None:
    taken = MOMENTS.validate_python("2026-11-21T11:30:00.123456+02:00")
    assert taken == datetime(2026, 11, 21, 9, 30, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T11:30:00",
        "0001-01-01T00:00:00+14:00",
        "0999-12-31T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_beyond_what_utc_has_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MOMENTS.validate_python(text)
