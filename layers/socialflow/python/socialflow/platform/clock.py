"""Time, passed in: services take a `Clock`, tests pass one that they move."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time in UTC, to the millisecond (the precision we store)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def to_rfc3339(moment: datetime) -> str:
    """`2026-11-21T09:30:00.000Z`: fixed width, so that strings sort as times do (RFC 3339)."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def from_rfc3339(text: str) -> datetime:
    """Reads what `to_rfc3339` wrote."""
    return datetime.fromisoformat(text)


def from_epoch_seconds(seconds: float) -> datetime:
    """The moment in a DynamoDB stream record or a JWT."""
    return datetime.fromtimestamp(seconds, UTC)
