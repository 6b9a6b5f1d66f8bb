"""What the functions of this context are told by their environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from socialflow.platform.settings import setting

DEFAULT_RETENTION_DAYS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """For the API function."""

    chat_table: str
    messaging_url: str
    retention_days: int

    @classmethod
    def from_environment(cls) -> ApiSettings:
        return cls(
            chat_table=setting("SF_CHAT_TABLE"),
            messaging_url=setting("SF_CHAT_MESSAGING_URL"),
            retention_days=int(setting("SF_CHAT_RETENTION_DAYS", str(DEFAULT_RETENTION_DAYS))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """For the function that makes rooms."""

    review_function: str
    logging_configuration: str

    @classmethod
    def from_environment(cls) -> RoomSettings:
        return cls(
            review_function=setting("SF_CHAT_REVIEW_FUNCTION"),
            logging_configuration=setting("SF_CHAT_LOGGING_CONFIGURATION"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """For the function that reads chat logs."""

    bucket: str
    retention_days: int

    @classmethod
    def from_environment(cls) -> LogSettings:
        return cls(
            bucket=setting("SF_CHAT_LOG_BUCKET"),
            retention_days=int(setting("SF_CHAT_RETENTION_DAYS", str(DEFAULT_RETENTION_DAYS))),
        )


def chat_table() -> str:
    """The name of this context's table."""
    return setting("SF_CHAT_TABLE")


def poll_queue() -> str:
    """The address of the queue that wakes `on_poll_changed`."""
    return setting("SF_POLL_QUEUE")
