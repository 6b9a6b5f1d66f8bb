"""The correlation id of what is being done now: the `X-Request-Id` that started it all.

The API sets it from the request, event handlers from the event, and whatever is published or
logged meanwhile carries it on.
"""

from contextvars import ContextVar

_correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


def correlation_id() -> str:
    """The current id, empty outside a request or event."""
    return _correlation_id.get()


def set_correlation_id(value: str) -> None:
    """Makes `value` the current id in this context."""
    _correlation_id.set(value)
